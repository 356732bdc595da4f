//! The floor: the least honest work for a task, in bare SQL on bare tables.
//!
//! No journal of envelopes, no decisions, no checks, one transaction, all rows
//! in memory. What a real system does more is its job; the ratio says what it costs.

use std::fmt::Write as _;

use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use crate::measure::{Measured, measure};

const TODAY: i64 = 100;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn open(path: &str) -> Connection {
    let connection = Connection::open(path).expect("the floor's database opens");
    connection
        .execute_batch(
            "pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-262144; \
             pragma temp_store=memory; pragma mmap_size=1073741824;",
        )
        .expect("pragmas are known");
    connection
}

fn done(work: impl FnOnce() -> u64) -> Measured {
    let result: Result<Measured, std::convert::Infallible> = measure(None, || Ok(work()));
    match result {
        Ok(measured) => measured,
    }
}

/// Fills the tables: three receivables per customer, every tenth due today and one in ten of them closed.
pub fn load(path: &str, customers: u64) -> Measured {
    done(|| {
        let mut connection = open(path);
        connection
            .execute_batch(
                "create table c(id integer primary key, name text not null, email text not null, segment integer not null, lang text not null);
                 create table r(id integer primary key, customer_id integer not null, ref text not null, due integer not null, amount integer not null, paid integer not null, status integer not null, step integer not null, next_action integer not null);",
            )
            .expect("tables can be made");
        let mut random = Random(42);
        let count = customers * 3;
        let tx = connection.transaction().expect("a transaction begins");
        {
            let mut customer = tx.prepare("insert into c values(?,?,?,?,?)").expect("it is SQL");
            for i in 0..customers as i64 {
                let (name, email) = (format!("Customer {i:07}"), format!("c{i:07}@example.com"));
                customer.execute(params![i, name, email, i % 5, "en"]).expect("a row fits");
            }
            let mut receivable = tx.prepare("insert into r values(?,?,?,?,?,?,?,?,?)").expect("it is SQL");
            for i in 0..count {
                let reference = format!("INV-{i:010}");
                let next = if random.below(10) == 0 { TODAY } else { TODAY + 1 + random.below(60) as i64 };
                let (due, amount) = (random.below(400) as i64, 1000 + random.below(100_000) as i64);
                let (status, step) = (i64::from(random.below(10) != 0), random.below(4) as i64);
                receivable
                    .execute(params![
                        i as i64,
                        (i % customers) as i64,
                        reference,
                        due,
                        amount,
                        0,
                        status,
                        step,
                        next
                    ])
                    .expect("a row fits");
            }
        }
        tx.commit().expect("it commits");
        connection
            .execute_batch(
                "create index r_cust on r(customer_id);
                 create index r_na on r(next_action) where status=1;
                 create unique index r_ref on r(ref);
                 create table action(id integer primary key, receivable_id integer not null, customer_id integer not null, kind integer not null, step integer not null, at integer not null, hash blob not null);
                 create index a_r on action(receivable_id);
                 create table outbox(id integer primary key, action_id integer not null, state integer not null, rcpt text not null, body text not null);
                 create index o_s on outbox(state) where state=0;
                 create table payment(id integer primary key, bank_ref text not null, at integer not null, amount integer not null, customer_id integer);
                 create index p_c on payment(customer_id);
                 create table je(id integer primary key, at integer not null, src integer not null);
                 create table jl(id integer primary key, je integer not null, account integer not null, amount integer not null, customer_id integer, receivable_id integer);
                 create index jl_c on jl(customer_id);",
            )
            .expect("indexes can be made");
        count
    })
}

fn amount(out: &mut String, minor: i64) {
    write!(out, "{}.{:02}", minor / 100, minor % 100).expect("a String takes all");
}

struct Due {
    id: i64,
    customer: i64,
    reference: String,
    due: i64,
    open: i64,
    step: i64,
    name: String,
    email: String,
}

/// Selects what is due, renders, chains a hash, logs, enqueues, sets the next day.
pub fn daily(path: &str) -> Measured {
    let mut connection = open(path);
    done(|| {
        let tx = connection.transaction().expect("a transaction begins");
        let mut count = 0;
        {
            let mut select = tx
                .prepare(
                    "select r.id,r.customer_id,r.ref,r.due,r.amount-r.paid,r.step,c.name,c.email \
                     from r join c on c.id=r.customer_id where r.status=1 and r.next_action<=100",
                )
                .expect("it is SQL");
            let todo: Vec<Due> = select
                .query_map([], |row| {
                    Ok(Due {
                        id: row.get(0)?,
                        customer: row.get(1)?,
                        reference: row.get(2)?,
                        due: row.get(3)?,
                        open: row.get(4)?,
                        step: row.get(5)?,
                        name: row.get(6)?,
                        email: row.get(7)?,
                    })
                })
                .and_then(Iterator::collect)
                .expect("rows can be read");
            let mut log = tx
                .prepare(
                    "insert into action(receivable_id,customer_id,kind,step,at,hash) values(?,?,?,?,?,?)",
                )
                .expect("it is SQL");
            let mut enqueue = tx
                .prepare("insert into outbox(action_id,state,rcpt,body) values(?,0,?,?)")
                .expect("it is SQL");
            let mut next =
                tx.prepare("update r set step=step+1,next_action=?1 where id=?2").expect("it is SQL");
            let mut chain = [0_u8; 32];
            let (mut body, mut money) = (String::new(), String::new());
            for due in &todo {
                body.clear();
                money.clear();
                amount(&mut money, due.open);
                write!(
                    body,
                    "Subject: Payment reminder {reference}\n\nDear {name},\n\nour records show that installment {number} of 12 \
                     ({money} EUR), due on 2026-10-01, has not been paid.\nIt is now {days} days past due. Please pay by \
                     2026-11-30 using this link: https://pay.example.com/p/{reference}\nor by bank transfer quoting \
                     {reference}.\n\nIf you have already paid, please disregard this message. If you dispute this amount, \
                     reply or use the link above.\n\nExample Energy\n",
                    reference = due.reference,
                    name = due.name,
                    number = due.step + 1,
                    days = 400 - due.due,
                )
                .expect("a String takes all");
                let mut hash = Sha256::new();
                hash.update(chain);
                hash.update(body.as_bytes());
                hash.update(due.email.as_bytes());
                chain = hash.finalize().into();
                log.execute(params![due.id, due.customer, 1, due.step, TODAY, &chain[..]])
                    .expect("a row fits");
                let action = tx.last_insert_rowid();
                enqueue.execute(params![action, due.email, body]).expect("a row fits");
                next.execute(params![TODAY + 7, due.id]).expect("the row is there");
                count += 1;
            }
        }
        tx.commit().expect("it commits");
        connection.execute_batch("pragma wal_checkpoint(truncate)").expect("the log can be emptied");
        count
    })
}

/// Parses bank lines, finds the receivable by its number, allocates, posts double entry.
pub fn pay(path: &str, lines: u64) -> Measured {
    let mut connection = open(path);
    let receivables: i64 =
        connection.query_row("select count(*) from r", [], |row| row.get(0)).expect("the table is there");
    let mut random = Random(4711);
    let mut file = String::new();
    for i in 0..lines as i64 {
        let k = (i * 2_654_435_761) % receivables;
        writeln!(file, "{i};2026-11-22;{};Payment INV-{k:010} thanks", 500 + random.below(50_000))
            .expect("a String takes all");
    }
    done(|| {
        let tx = connection.transaction().expect("a transaction begins");
        let mut matched = 0;
        {
            let mut find =
                tx.prepare("select id,customer_id,amount,paid from r where ref=?").expect("it is SQL");
            let mut payment = tx
                .prepare("insert into payment(bank_ref,at,amount,customer_id) values(?,?,?,?)")
                .expect("it is SQL");
            let mut entry = tx.prepare("insert into je(at,src) values(?,?)").expect("it is SQL");
            let mut line = tx
                .prepare("insert into jl(je,account,amount,customer_id,receivable_id) values(?,?,?,?,?)")
                .expect("it is SQL");
            let mut update = tx
                .prepare(
                    "update r set paid=paid+?1, status=case when paid+?1>=amount then 2 else status end where id=?2",
                )
                .expect("it is SQL");
            for text in file.lines() {
                let mut fields = text.split(';');
                let reference = fields.next().expect("a reference");
                let received: i64 = fields.nth(1).and_then(|text| text.parse().ok()).expect("an amount");
                let words = fields.next().expect("a text");
                let start = words.find("INV-").expect("a number");
                let number = &words[start..start + 14];
                let found = find.query_row([number], |row| {
                    let values: (i64, i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                    Ok(values)
                });
                let Ok((id, customer, amount, paid)) = found else { continue };
                let assigned = received.min(amount - paid).max(0);
                payment.execute(params![reference, TODAY, received, customer]).expect("a row fits");
                let source = tx.last_insert_rowid();
                entry.execute(params![TODAY, source]).expect("a row fits");
                let je = tx.last_insert_rowid();
                line.execute(params![je, 1, received, None::<i64>, None::<i64>]).expect("a row fits");
                line.execute(params![je, 2, -assigned, customer, id]).expect("a row fits");
                if received > assigned {
                    line.execute(params![je, 3, assigned - received, customer, None::<i64>])
                        .expect("a row fits");
                }
                update.execute(params![assigned, id]).expect("the row is there");
                matched += 1;
            }
        }
        tx.commit().expect("it commits");
        connection.execute_batch("pragma wal_checkpoint(truncate)").expect("the log can be emptied");
        matched
    })
}

/// Writes a customer's page: name, up to twenty receivables, a form; on a connection that stays open.
pub fn portal_page(path: &str, id: i64) -> String {
    thread_local! {
        static OPEN: std::cell::RefCell<Option<Connection>> = const { std::cell::RefCell::new(None) };
    }
    OPEN.with(|slot| {
        let mut slot = slot.borrow_mut();
        let connection = slot.get_or_insert_with(|| open(path));
        let name: String = connection
            .prepare_cached("select name from c where id=?")
            .and_then(|mut select| select.query_row([id], |row| row.get(0)))
            .expect("a customer is there");
        let mut rows = String::new();
        let mut balance = 0;
        {
            let mut select = connection
                .prepare_cached("select ref,due,amount,paid from r where customer_id=? limit 20")
                .expect("it is SQL");
            let mut found = select.query([id]).expect("it can be asked");
            while let Some(row) = found.next().expect("rows can be read") {
                let (reference, due): (String, i64) =
                    (row.get(0).expect("a reference"), row.get(1).expect("a day"));
                let (owed, paid): (i64, i64) =
                    (row.get(2).expect("an amount"), row.get(3).expect("an amount"));
                balance += owed - paid;
                write!(rows, "<tr><td>{reference}</td><td>d{due}</td><td>").expect("a String takes all");
                amount(&mut rows, owed);
                rows.push_str("</td><td>");
                amount(&mut rows, paid);
                rows.push_str("</td><td>open</td></tr>\n");
            }
        }
        let mut total = String::new();
        amount(&mut total, balance);
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name}</title><link rel=\"stylesheet\" href=\"/s.css\"></head><body>\n\
             <header><h1>Example</h1><nav><a href=\"/\">Home</a> <a href=\"/plan\">Plan</a> <a href=\"/pay\">Pay</a> <a href=\"/dispute\">Dispute</a></nav></header>\n\
             <main><h2>Hello {name}</h2><p>Open balance: <strong>{total}</strong></p>\n\
             <table><thead><tr><th>Ref</th><th>Due</th><th>Amount</th><th>Paid</th><th>Status</th></tr></thead><tbody>\n{rows}</tbody></table>\
             <form method=\"post\" action=\"/pay\"><input type=\"hidden\" name=\"csrf\" value=\"t\"><input name=\"amount\" value=\"{total}\"><button>Pay now</button></form></main>\n\
             <footer>Contact us at <a href=\"mailto:help@example.com\">help@example.com</a></footer></body></html>"
        )
    })
}

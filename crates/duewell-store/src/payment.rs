//! Bank statements and payments.

use std::collections::HashSet;

use duewell_domain::id::{BatchId, BookId, DebtorId, PaymentId, StatementId};
use duewell_domain::money::Money;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::sql::{Row, V};
use crate::tx::Tx;
use crate::{IN_LIST, StoreError, each_of, in_list, inserts, pad_bytes, statements, updates};

macro_rules! columns {
    () => {
        "payment_id, debtor_id, currency, amount_minor, unapplied_minor, received_on, source, line_key, statement_id, payer_name, payer_account, reference, remittance, state, because"
    };
}

statements! {
    KNOWN_LINES = concat!("select line_key from payment where book_id = $1 and line_key in (", in_list!(), ")");
    BY_ID = concat!("select ", columns!(), " from payment where book_id = $1 and payment_id = $2 for update");
    QUEUE = concat!("select ", columns!(), " from payment where book_id = $1 and state = 'queued' and payment_id > $2 order by payment_id limit $3");
    NEWEST = concat!("select ", columns!(), " from payment where book_id = $1 and payment_id < $2 and state in ('matched', 'ignored')
        order by payment_id desc limit $3");
    RECEIVED = "select received_on, currency, cast(sum(amount_minor) as bigint), count(*) from payment
        where book_id = $1 and payment_id >= $2 and received_on >= $3 and amount_minor > 0 and state in ('matched', 'queued')
        group by received_on, currency order by received_on, currency";
    RECEIVED_OF = "select p.received_on, o.currency, cast(sum(-o.amount_minor) as bigint) from posting o
        join payment p on p.book_id = o.book_id and p.payment_id = o.payment_id
        where o.book_id = $1 and o.debtor_id = $2 and o.payment_id is not null and o.account in ('receivable', 'unapplied')
        group by o.payment_id, p.received_on, o.currency having sum(o.amount_minor) <> 0
        order by p.received_on desc, o.payment_id desc limit $3";
    QUEUE_COUNT = "select count(*) from payment where book_id = $1 and state = 'queued'";
    OF_DEBTOR = concat!("select ", columns!(), " from payment where book_id = $1 and debtor_id = $2 and payment_id in (
        select payment_id from posting where book_id = $1 and debtor_id = $2 and payment_id is not null
        union select payment_id from payment where book_id = $1 and state = 'queued' and debtor_id = $2) order by payment_id");
    WAITING = concat!("select distinct debtor_id from payment where book_id = $1 and state = 'queued' and debtor_id in (", in_list!(), ")");
    WAITING_OF_ONE = "select debtor_id from payment where book_id = $1 and state = 'queued' and debtor_id = $2 limit 1";
    ALL = concat!("select ", columns!(), " from payment where book_id = $1 order by payment_id");
    NEWEST_STATEMENT = "select max(imported_at) from statement where book_id = $1";
    STATEMENT_KNOWN = "select count(*) from statement s
        join import_batch b on b.book_id = s.book_id and b.batch_id = s.batch_id
        where s.book_id = $1 and s.account = $2 and s.identification = $3 and s.entries = $4
            and (s.entries > 0 or b.sha256 = $5)";
    STATEMENTS = "select statement_id, account, identification, currency, opening_minor, closing_minor, first_on, last_on, entries, imported_at
        from statement where book_id = $1 order by statement_id desc limit $2";
}

inserts! {
    PAYMENT_INSERT = payment(book_id, payment_id, debtor_id, currency, amount_minor, unapplied_minor, received_on, source,
        line_key, statement_id, payer_name, payer_account, reference, remittance, state, because, recorded_at);
    STATEMENT_INSERT = statement(book_id, statement_id, batch_id, account, identification, currency, opening_minor,
        closing_minor, first_on, last_on, entries, imported_at);
}

updates! {
    MATCH_UPDATE = payment set (debtor_id, unapplied_minor, state, because) key (book_id, payment_id);
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// Its debtor is known and it was assigned.
    Matched,
    /// It waits for a person.
    Queued,
    /// Money that left the account; kept for the record only.
    Outgoing,
    /// A person said that it is not about receivables.
    Ignored,
}

impl PaymentState {
    pub fn as_str(self) -> &'static str {
        match self {
            PaymentState::Matched => "matched",
            PaymentState::Queued => "queued",
            PaymentState::Outgoing => "outgoing",
            PaymentState::Ignored => "ignored",
        }
    }
}

impl std::str::FromStr for PaymentState {
    type Err = duewell_domain::debtor::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "matched" => Ok(PaymentState::Matched),
            "queued" => Ok(PaymentState::Queued),
            "outgoing" => Ok(PaymentState::Outgoing),
            "ignored" => Ok(PaymentState::Ignored),
            other => Err(duewell_domain::debtor::UnknownWord::new("payment state", other)),
        }
    }
}

/// A payment as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    /// Known once matched, or when the money is surely this debtor's business.
    pub debtor: Option<DebtorId>,
    /// Negative for money that left the account.
    pub amount: Money,
    /// The part of a matched payment that is assigned to no receivable.
    pub unapplied: Money,
    pub received_on: Date,
    /// `bank` or `manual`.
    pub source: String,
    /// Makes booking the same line twice impossible.
    pub line_key: Vec<u8>,
    pub statement: Option<StatementId>,
    pub payer_name: String,
    pub payer_account: String,
    /// Structured reference or end-to-end id.
    pub reference: String,
    pub remittance: String,
    pub state: PaymentState,
    /// Why it was matched or not ([`duewell_domain::matching::Because`]).
    pub because: String,
}

fn payment(row: &Row<'_>) -> Result<Payment, StoreError> {
    let currency = row.currency(2)?;
    Ok(Payment {
        id: row.id(0)?,
        debtor: row.opt_int(1)?.map(DebtorId),
        amount: Money::new(row.int(3)?, currency),
        unapplied: Money::new(row.int(4)?, currency),
        received_on: row.day(5)?,
        source: row.text(6)?.to_owned(),
        line_key: row.bytes(7)?.to_vec(),
        statement: row.opt_int(8)?.map(StatementId),
        payer_name: row.text(9)?.to_owned(),
        payer_account: row.text(10)?.to_owned(),
        reference: row.text(11)?.to_owned(),
        remittance: row.text(12)?.to_owned(),
        state: row.word(13)?,
        because: row.text(14)?.to_owned(),
    })
}

/// Returns which of these line keys are booked already.
pub fn known_lines(
    tx: &mut Tx<'_>,
    book: BookId,
    line_keys: &[&[u8]],
) -> Result<HashSet<Vec<u8>>, StoreError> {
    let mut known = HashSet::new();
    for chunk in line_keys.chunks(IN_LIST) {
        tx.each(&KNOWN_LINES, &pad_bytes(book, chunk), |row| {
            known.insert(row.bytes(0)?.to_vec());
            Ok(())
        })?;
    }
    Ok(known)
}

/// Adds payments.
pub fn insert_payments(
    tx: &mut Tx<'_>,
    book: BookId,
    payments: &[Payment],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(payments.len() * PAYMENT_INSERT.columns.len());
    for payment in payments {
        rows.extend_from_slice(&[
            book.into(),
            payment.id.into(),
            payment.debtor.into(),
            payment.amount.currency.into(),
            payment.amount.minor.into(),
            payment.unapplied.minor.into(),
            payment.received_on.into(),
            (&payment.source).into(),
            (&payment.line_key).into(),
            payment.statement.into(),
            (&payment.payer_name).into(),
            (&payment.payer_account).into(),
            (&payment.reference).into(),
            (&payment.remittance).into(),
            payment.state.as_str().into(),
            (&payment.because).into(),
            now.into(),
        ]);
    }
    tx.insert_many(&PAYMENT_INSERT, &rows)
}

/// Writes debtor, unapplied rest, state and reason of payments.
pub fn update_match(tx: &mut Tx<'_>, book: BookId, payments: &[&Payment]) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for payment in payments {
        rows.extend_from_slice(&[
            book.into(),
            payment.id.into(),
            payment.debtor.into(),
            payment.unapplied.minor.into(),
            payment.state.as_str().into(),
            (&payment.because).into(),
        ]);
    }
    tx.update_many(&MATCH_UPDATE, &rows).map(drop)
}

/// Loads one payment, locked until the transaction ends.
pub fn load_payment(tx: &mut Tx<'_>, book: BookId, id: PaymentId) -> Result<Option<Payment>, StoreError> {
    tx.opt(&BY_ID, &[book.into(), id.into()], payment)
}

/// Lists payments that wait to be matched, oldest first, after `after`.
pub fn list_queue(
    tx: &mut Tx<'_>,
    book: BookId,
    after: PaymentId,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    tx.all(&QUEUE, &[book.into(), after.into(), limit.into()], payment)
}

/// Lists payments that a person or the machine has dealt with, newest first, before `before`.
pub fn list_newest(
    tx: &mut Tx<'_>,
    book: BookId,
    before: PaymentId,
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    tx.all(&NEWEST, &[book.into(), before.into(), limit.into()], payment)
}

/// Adds up what came in since a day, by day and currency, with the number of payments.
///
/// `from` is an id no younger than the first of them: what was recorded before is not looked at.
pub fn sum_received(
    tx: &mut Tx<'_>,
    book: BookId,
    from: PaymentId,
    since: Date,
) -> Result<Vec<(Date, Money, i64)>, StoreError> {
    tx.all(&RECEIVED, &[book.into(), from.into(), since.into()], |row| {
        Ok((row.day(0)?, Money::new(row.int(2)?, row.currency(1)?), row.int(3)?))
    })
}

/// Lists what a debtor's payments brought, newest first: each with its day, as far as it is the debtor's now.
pub fn list_received(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    limit: i64,
) -> Result<Vec<(Date, Money)>, StoreError> {
    tx.all(&RECEIVED_OF, &[book.into(), debtor.into(), limit.into()], |row| {
        Ok((row.day(0)?, Money::new(row.int(2)?, row.currency(1)?)))
    })
}

/// Counts the payments that wait to be matched.
pub fn count_queue(tx: &mut Tx<'_>, book: BookId) -> Result<i64, StoreError> {
    tx.one(&QUEUE_COUNT, &[book.into()], |row| row.int(0))
}

/// Lists the payments of a debtor.
pub fn payments_of_debtor(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
) -> Result<Vec<Payment>, StoreError> {
    tx.all(&OF_DEBTOR, &[book.into(), debtor.into()], payment)
}

/// Returns the debtors among `debtors` for whom a payment waits to be matched.
pub fn debtors_with_waiting(
    tx: &mut Tx<'_>,
    book: BookId,
    debtors: &[DebtorId],
) -> Result<HashSet<DebtorId>, StoreError> {
    let mut waiting = HashSet::new();
    if count_queue(tx, book)? == 0 {
        return Ok(waiting);
    }
    each_of(tx, (&WAITING_OF_ONE, &WAITING), &[book.into()], debtors, |row| {
        waiting.insert(row.id(0)?);
        Ok(())
    })?;
    Ok(waiting)
}

/// Walks all payments of a book.
pub fn each_payment(
    tx: &mut Tx<'_>,
    book: BookId,
    mut visit: impl FnMut(Payment) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.each(&ALL, &[book.into()], |row| visit(payment(row)?))
}

/// One bank statement that was booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub id: StatementId,
    pub account: String,
    pub identification: String,
    pub opening: Option<Money>,
    pub closing: Option<Money>,
    pub first_on: Option<Date>,
    pub last_on: Option<Date>,
    pub entries: i64,
    pub imported_at: Timestamp,
}

/// Says whether a statement was brought in before; an empty one is known by its file alone.
pub fn is_statement_known(
    tx: &mut Tx<'_>,
    book: BookId,
    statement: &Statement,
    sha256: &[u8],
) -> Result<bool, StoreError> {
    let parameters = [
        book.into(),
        (&statement.account).into(),
        (&statement.identification).into(),
        V::Int(statement.entries),
        V::Bytes(sha256),
    ];
    Ok(tx.one(&STATEMENT_KNOWN, &parameters, |row| row.int(0))? > 0)
}

/// Adds a statement.
pub fn insert_statement(
    tx: &mut Tx<'_>,
    book: BookId,
    statement: &Statement,
    batch: BatchId,
) -> Result<(), StoreError> {
    let row = [
        book.into(),
        statement.id.into(),
        batch.into(),
        (&statement.account).into(),
        (&statement.identification).into(),
        statement.closing.or(statement.opening).map(|money| money.currency).into(),
        statement.opening.map(|money| money.minor).into(),
        statement.closing.map(|money| money.minor).into(),
        statement.first_on.into(),
        statement.last_on.into(),
        V::Int(statement.entries),
        statement.imported_at.into(),
    ];
    tx.insert_many(&STATEMENT_INSERT, &row)
}

/// Returns when the newest statement was imported.
pub fn newest_statement_at(tx: &mut Tx<'_>, book: BookId) -> Result<Option<Timestamp>, StoreError> {
    tx.one(&NEWEST_STATEMENT, &[book.into()], |row| row.opt_timestamp(0))
}

/// Lists the newest statements.
pub fn list_statements(tx: &mut Tx<'_>, book: BookId, limit: i64) -> Result<Vec<Statement>, StoreError> {
    tx.all(&STATEMENTS, &[book.into(), limit.into()], |row| {
        let currency = row.opt_text(3)?.map(|_| row.currency(3)).transpose()?;
        let money = |minor: Option<i64>| Some(Money::new(minor?, currency?));
        Ok(Statement {
            id: row.id(0)?,
            account: row.text(1)?.to_owned(),
            identification: row.text(2)?.to_owned(),
            opening: money(row.opt_int(4)?),
            closing: money(row.opt_int(5)?),
            first_on: row.opt_day(6)?,
            last_on: row.opt_day(7)?,
            entries: row.int(8)?,
            imported_at: row.timestamp(9)?,
        })
    })
}

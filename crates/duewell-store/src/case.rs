//! Dunning cases: where each debtor's matter stands and when it needs a look.

use std::collections::HashMap;

use duewell_domain::dunning::{Case, Reason};
use duewell_domain::id::{BookId, DebtorId};
use duewell_domain::money::Currency;
use jiff::civil::Date;

use crate::sql::{Row, V};
use crate::tx::Tx;
use crate::{StoreError, each_of, in_list, inserts, statements, updates};

macro_rules! columns {
    () => {
        "debtor_id, currency, case_id, cycle, anchor_on, steps_done, last_notice_on, next_event_on, waiting"
    };
}

statements! {
    DUE = concat!("select ", columns!(), " from dunning_case where book_id = $1 and next_event_on <= $2
        order by next_event_on, debtor_id limit $3");
    DUE_COUNT = "select count(*) from dunning_case where book_id = $1 and next_event_on <= $2";
    OF_DEBTORS = concat!("select ", columns!(), " from dunning_case where book_id = $1 and debtor_id in (", in_list!(), ") order by debtor_id, currency");
    OF_ONE_DEBTOR = concat!("select ", columns!(), " from dunning_case where book_id = $1 and debtor_id = $2 order by currency");
    WAITING_COUNTS = "select waiting, count(distinct debtor_id) from dunning_case where book_id = $1 and waiting is not null group by waiting order by waiting";
    OVERDUE = concat!("select ", columns!(), " from dunning_case where book_id = $1 and anchor_on is not null
        and (anchor_on, debtor_id) > ($2, $3) order by anchor_on, debtor_id, currency limit $4");
    OVERDUE_COUNT = "select count(distinct debtor_id) from dunning_case where book_id = $1 and anchor_on is not null";
    STUCK = concat!("select ", columns!(), " from dunning_case where book_id = $1
        and waiting in ('scenario_finished', 'no_address', 'opted_out', 'address_failed', 'text_failed')
        and waiting = $2 and debtor_id > $3 order by debtor_id, currency limit $4");
    WAKE_ALL = "update dunning_case set next_event_on = $2 where book_id = $1 and (next_event_on is null or next_event_on > $2)";
    FINISHED = concat!("select ", columns!(), " from dunning_case where book_id = $1 and waiting = 'scenario_finished' order by debtor_id limit $2");
}

inserts! {
    CASE_INSERT = dunning_case(book_id, debtor_id, currency, case_id, cycle, anchor_on, steps_done, last_notice_on,
        next_event_on, waiting);
}

updates! {
    CASE_UPDATE = dunning_case set (cycle, anchor_on, steps_done, last_notice_on, next_event_on, waiting)
        key (book_id, debtor_id, currency);
    WAKE_UPDATE = dunning_case set (next_event_on) key (book_id, debtor_id, currency);
}

fn case(row: &Row<'_>) -> Result<Case, StoreError> {
    Ok(Case {
        debtor: row.id(0)?,
        currency: row.currency(1)?,
        id: row.id(2)?,
        cycle: row.int(3)? as u32,
        anchor_on: row.opt_day(4)?,
        steps_done: row.int(5)? as u32,
        last_notice_on: row.opt_day(6)?,
        next_event_on: row.opt_day(7)?,
        waiting: row.opt_text(8)?.map(|_| row.word::<Reason>(8)).transpose()?,
    })
}

/// Lists cases that need a look on `today`, longest due first.
pub fn list_due(tx: &mut Tx<'_>, book: BookId, today: Date, limit: i64) -> Result<Vec<Case>, StoreError> {
    tx.all(&DUE, &[book.into(), today.into(), limit.into()], case)
}

/// Counts cases that need a look on `today`.
pub fn count_due(tx: &mut Tx<'_>, book: BookId, today: Date) -> Result<i64, StoreError> {
    tx.one(&DUE_COUNT, &[book.into(), today.into()], |row| row.int(0))
}

/// Loads the cases of debtors.
pub fn load_cases(
    tx: &mut Tx<'_>,
    book: BookId,
    debtors: &[DebtorId],
) -> Result<HashMap<(DebtorId, Currency), Case>, StoreError> {
    let mut cases = HashMap::with_capacity(debtors.len());
    each_of(tx, (&OF_ONE_DEBTOR, &OF_DEBTORS), &[book.into()], debtors, |row| {
        let case = case(row)?;
        cases.insert((case.debtor, case.currency), case);
        Ok(())
    })?;
    Ok(cases)
}

/// Lists cases in which something is overdue, longest first, after a day and a debtor.
///
/// The last debtor comes with all of their cases of that day, be they more than `limit`.
pub fn list_overdue(
    tx: &mut Tx<'_>,
    book: BookId,
    after: (Date, DebtorId),
    limit: i64,
) -> Result<Vec<Case>, StoreError> {
    let page = tx.all(&OVERDUE, &[book.into(), after.0.into(), after.1.into(), limit.into()], case)?;
    with_all_of_last(tx, book, page, limit, |one, last| one.anchor_on == last.anchor_on)
}

/// Adds what the end of a page has cut off: further currencies of its last debtor.
fn with_all_of_last(
    tx: &mut Tx<'_>,
    book: BookId,
    mut page: Vec<Case>,
    limit: i64,
    belongs: impl Fn(&Case, &Case) -> bool,
) -> Result<Vec<Case>, StoreError> {
    let Some(last) = page.last().filter(|_| page.len() as i64 == limit).cloned() else { return Ok(page) };
    let mut rest: Vec<Case> = load_cases(tx, book, &[last.debtor])?.into_values().collect();
    rest.retain(|one| one.currency.code() > last.currency.code() && belongs(one, &last));
    rest.sort_unstable_by_key(|one| one.currency.code());
    page.extend(rest);
    Ok(page)
}

/// Counts debtors with a case in which something is overdue.
pub fn count_overdue(tx: &mut Tx<'_>, book: BookId) -> Result<i64, StoreError> {
    tx.one(&OVERDUE_COUNT, &[book.into()], |row| row.int(0))
}

/// Lists cases that go on only when a person does something, by what they wait for, after a debtor.
///
/// The last debtor comes with all of their cases that wait for it, be they more than `limit`.
pub fn list_stuck(
    tx: &mut Tx<'_>,
    book: BookId,
    waiting: Reason,
    after: DebtorId,
    limit: i64,
) -> Result<Vec<Case>, StoreError> {
    let word = waiting.code();
    let page = tx.all(&STUCK, &[book.into(), (&word).into(), after.into(), limit.into()], case)?;
    with_all_of_last(tx, book, page, limit, |one, _| one.waiting == Some(waiting))
}

/// Lists cases whose scenario is finished: a person decides.
pub fn list_finished(tx: &mut Tx<'_>, book: BookId, limit: i64) -> Result<Vec<Case>, StoreError> {
    tx.all(&FINISHED, &[book.into(), limit.into()], case)
}

/// Counts debtors by the reason their cases wait for.
pub fn count_waiting(tx: &mut Tx<'_>, book: BookId) -> Result<Vec<(Reason, i64)>, StoreError> {
    tx.all(&WAITING_COUNTS, &[book.into()], |row| Ok((row.word(0)?, row.int(1)?)))
}

/// Adds cases.
pub fn insert_cases(tx: &mut Tx<'_>, book: BookId, cases: &[Case]) -> Result<(), StoreError> {
    let waiting: Vec<Option<String>> = cases.iter().map(|case| case.waiting.map(Reason::code)).collect();
    let mut rows = Vec::with_capacity(cases.len() * CASE_INSERT.columns.len());
    for (case, waiting) in cases.iter().zip(&waiting) {
        rows.extend_from_slice(&[
            book.into(),
            case.debtor.into(),
            case.currency.into(),
            case.id.into(),
            V::Int(i64::from(case.cycle)),
            case.anchor_on.into(),
            V::Int(i64::from(case.steps_done)),
            case.last_notice_on.into(),
            case.next_event_on.into(),
            waiting.as_deref().into(),
        ]);
    }
    tx.insert_many(&CASE_INSERT, &rows)
}

/// Writes where cases stand.
pub fn update_cases(tx: &mut Tx<'_>, book: BookId, cases: &[Case]) -> Result<(), StoreError> {
    let waiting: Vec<Option<String>> = cases.iter().map(|case| case.waiting.map(Reason::code)).collect();
    let mut rows = Vec::with_capacity(cases.len() * 9);
    for (case, waiting) in cases.iter().zip(&waiting) {
        rows.extend_from_slice(&[
            book.into(),
            case.debtor.into(),
            case.currency.into(),
            V::Int(i64::from(case.cycle)),
            case.anchor_on.into(),
            V::Int(i64::from(case.steps_done)),
            case.last_notice_on.into(),
            case.next_event_on.into(),
            waiting.as_deref().into(),
        ]);
    }
    tx.update_many(&CASE_UPDATE, &rows).map(drop)
}

/// Asks for a look at every case on `today`, because the rules have changed.
pub fn wake_all(tx: &mut Tx<'_>, book: BookId, today: Date) -> Result<u64, StoreError> {
    tx.exec(&WAKE_ALL, &[book.into(), today.into()])
}

/// Asks for a look at cases on a day (cases that want an earlier look must be filtered out before).
pub fn wake_cases(
    tx: &mut Tx<'_>,
    book: BookId,
    cases: &[(DebtorId, Currency, Date)],
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(cases.len() * 4);
    for &(debtor, currency, on) in cases {
        rows.extend_from_slice(&[book.into(), debtor.into(), currency.into(), on.into()]);
    }
    tx.update_many(&WAKE_UPDATE, &rows).map(drop)
}

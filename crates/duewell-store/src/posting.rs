//! Postings: written once, added up, never changed.

use std::collections::BTreeMap;

use duewell_domain::id::{BookId, DebtorId, PaymentId, ReceivableId};
use duewell_domain::ledger::{Account, Entry, EntryKind};
use duewell_domain::money::{Currency, Money, MoneyError};

use crate::sql::V;
use crate::tx::Tx;
use crate::{StoreError, inserts, statements};

statements! {
    ALL = "select debtor_id, entry_id, account, receivable_id, payment_id, currency, amount_minor, kind
        from posting where book_id = $1 order by debtor_id, entry_id, line";
    OF_DEBTOR = "select debtor_id, entry_id, account, receivable_id, payment_id, currency, amount_minor, kind
        from posting where book_id = $1 and debtor_id = $2 order by entry_id, line";
    OF_PAYMENT = "select debtor_id, entry_id, account, receivable_id, payment_id, currency, amount_minor, kind
        from posting where book_id = $1 and payment_id = $2 order by debtor_id, entry_id, line";
    WRONG_OPEN = "select r.debtor_id, r.receivable_id, r.number, r.currency, r.open_minor, cast(coalesce(p.total, 0) as bigint)
        from receivable r left join (select debtor_id, receivable_id, sum(amount_minor) as total from posting
                where book_id = $1 and debtor_id > $2 and debtor_id <= $3 and account = 'receivable'
                group by debtor_id, receivable_id) p
            on p.debtor_id = r.debtor_id and p.receivable_id = r.receivable_id
        where r.book_id = $1 and r.debtor_id > $2 and r.debtor_id <= $3 and r.open_minor <> coalesce(p.total, 0)
        order by r.debtor_id, r.receivable_id";
    STRETCH = "select debtor_id from debtor where book_id = $1 and debtor_id > $2 order by debtor_id limit 1 offset 1000";
    ACCOUNT_TOTALS = "select account, currency, cast(sum(amount_minor) as bigint) from posting where book_id = $1
        group by account, currency order by account, currency";
    UNAPPLIED_COPIES = "select currency, cast(sum(unapplied_minor) as bigint) from payment
        where book_id = $1 and state = 'matched' group by currency order by currency";
    UNIDENTIFIED_COPIES = "select currency, cast(sum(amount_minor) as bigint) from payment
        where book_id = $1 and state in ('queued', 'ignored') group by currency order by currency";
    RECEIPT_COPIES = "select currency, cast(sum(amount_minor) as bigint) from payment
        where book_id = $1 and state <> 'outgoing' group by currency order by currency";
}

inserts! {
    POSTING_INSERT = posting(book_id, debtor_id, entry_id, line, kind, posted_on, account, receivable_id, payment_id,
        currency, amount_minor);
}

/// Writes entries. They cannot be out of balance: [`Entry`] does not let them.
pub fn insert_entries(tx: &mut Tx<'_>, book: BookId, entries: &[Entry]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(entries.len() * 3 * POSTING_INSERT.columns.len());
    let mut ordered: Vec<(i64, &Entry, usize)> = Vec::with_capacity(entries.len() * 3);
    for entry in entries {
        for (line, posting) in entry.postings().iter().enumerate() {
            ordered.push((posting.debtor.map_or(0, |id| id.0), entry, line));
        }
    }
    ordered.sort_unstable_by_key(|(debtor, entry, line)| (*debtor, entry.id(), *line));
    for (debtor, entry, line) in ordered {
        let posting = &entry.postings()[line];
        rows.extend_from_slice(&[
            book.into(),
            V::Int(debtor),
            entry.id().into(),
            V::Int(line as i64),
            entry.kind().as_str().into(),
            entry.posted_on().into(),
            posting.account.as_str().into(),
            posting.receivable.into(),
            posting.payment.into(),
            posting.amount.currency.into(),
            posting.amount.minor.into(),
        ]);
    }
    tx.insert_many(&POSTING_INSERT, &rows)
}

/// A posting as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredPosting {
    /// 0 where no debtor is known.
    pub debtor: DebtorId,
    pub entry: i64,
    pub account: Account,
    pub receivable: Option<ReceivableId>,
    pub payment: Option<PaymentId>,
    pub amount: Money,
    pub kind: EntryKind,
}

fn posting(row: &crate::sql::Row<'_>) -> Result<StoredPosting, StoreError> {
    Ok(StoredPosting {
        debtor: row.id(0)?,
        entry: row.int(1)?,
        account: row.word(2)?,
        receivable: row.opt_int(3)?.map(ReceivableId),
        payment: row.opt_int(4)?.map(PaymentId),
        amount: Money::new(row.int(6)?, row.currency(5)?),
        kind: row.word(7)?,
    })
}

/// Walks all postings of a book, debtor by debtor.
pub fn each_posting(
    tx: &mut Tx<'_>,
    book: BookId,
    mut visit: impl FnMut(StoredPosting) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.each(&ALL, &[book.into()], |row| visit(posting(row)?))
}

/// Lists the postings about one debtor (0: about none).
pub fn list_postings(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
) -> Result<Vec<StoredPosting>, StoreError> {
    tx.all(&OF_DEBTOR, &[book.into(), debtor.into()], posting)
}

/// Lists the postings of one payment, whoever the debtors are; reads the whole book.
pub fn list_postings_of_payment(
    tx: &mut Tx<'_>,
    book: BookId,
    payment: PaymentId,
) -> Result<Vec<StoredPosting>, StoreError> {
    tx.all(&OF_PAYMENT, &[book.into(), payment.into()], posting)
}

/// A receivable whose kept balance is not what its postings add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongOpen {
    pub debtor: DebtorId,
    pub receivable: ReceivableId,
    pub number: String,
    pub kept: Money,
    pub posted: Money,
}

/// Lists receivables whose kept balance differs from their postings.
pub fn list_wrong_open(tx: &mut Tx<'_>, book: BookId) -> Result<Vec<WrongOpen>, StoreError> {
    let mut wrong = Vec::new();
    // Stretch by stretch of debtors, so that the sums of a large book are never held together.
    let mut after = i64::MIN;
    loop {
        let end = tx.opt(&STRETCH, &[book.into(), V::Int(after)], |row| row.int(0))?;
        let range = [book.into(), V::Int(after), V::Int(end.unwrap_or(i64::MAX))];
        tx.each(&WRONG_OPEN, &range, |row| {
            let currency = row.currency(3)?;
            wrong.push(WrongOpen {
                debtor: row.id(0)?,
                receivable: row.id(1)?,
                number: row.text(2)?.to_owned(),
                kept: Money::new(row.int(4)?, currency),
                posted: Money::new(row.int(5)?, currency),
            });
            Ok(())
        })?;
        match end {
            Some(end) => after = end,
            None => return Ok(wrong),
        }
    }
}

/// Adds up each account per currency.
pub fn account_totals(
    tx: &mut Tx<'_>,
    book: BookId,
) -> Result<BTreeMap<(Account, Currency), i64>, StoreError> {
    let rows =
        tx.all(&ACCOUNT_TOTALS, &[book.into()], |row| Ok(((row.word(0)?, row.currency(1)?), row.int(2)?)))?;
    Ok(rows.into_iter().collect())
}

/// Adds up what the payments say about themselves: unapplied, unidentified and received, per currency.
pub fn payment_totals(
    tx: &mut Tx<'_>,
    book: BookId,
) -> Result<BTreeMap<(Account, Currency), i64>, StoreError> {
    let mut totals = BTreeMap::new();
    for (sql, account) in [
        (&UNAPPLIED_COPIES, Account::Unapplied),
        (&UNIDENTIFIED_COPIES, Account::Unidentified),
        (&RECEIPT_COPIES, Account::Bank),
    ] {
        tx.each(sql, &[book.into()], |row| {
            totals.insert((account, row.currency(0)?), row.int(1)?);
            Ok(())
        })?;
    }
    Ok(totals)
}

/// Adds up the parts of one payment per receivable that are still assigned.
pub fn assigned_parts(
    postings: &[StoredPosting],
    payment: PaymentId,
) -> Result<BTreeMap<(DebtorId, ReceivableId), Money>, MoneyError> {
    let mut parts: BTreeMap<(DebtorId, ReceivableId), Money> = BTreeMap::new();
    for posting in postings.iter().filter(|posting| posting.payment == Some(payment)) {
        if let (Account::Receivable, Some(receivable)) = (posting.account, posting.receivable) {
            let part =
                parts.entry((posting.debtor, receivable)).or_insert(Money::zero(posting.amount.currency));
            // A payment credits the receivable: turn the sign round so that an assigned part is positive.
            *part = part.minus(posting.amount)?;
        }
    }
    parts.retain(|_, part| part.is_positive());
    Ok(parts)
}

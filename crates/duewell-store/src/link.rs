//! Ends of capability links: one row per debtor whose links were taken back.

use duewell_domain::id::{BookId, DebtorId, NoticeId};
use jiff::Timestamp;

use crate::tx::Tx;
use crate::{StoreError, statements};

statements! {
    END = "select notice_id from link_end where book_id = $1 and debtor_id = $2";
    END_PUT = "insert into link_end (book_id, debtor_id, notice_id, ended_at) values ($1, $2, $3, $4)
        on conflict (book_id, debtor_id) do update set notice_id = excluded.notice_id, ended_at = excluded.ended_at
        where link_end.notice_id < excluded.notice_id";
}

/// Returns the newest notice whose link is dead, if links of this debtor were ever taken back.
pub fn load_end(tx: &mut Tx<'_>, book: BookId, debtor: DebtorId) -> Result<Option<NoticeId>, StoreError> {
    tx.opt(&END, &[book.into(), debtor.into()], |row| row.id(0))
}

/// Takes back the links of a debtor's notices up to `notice`; what was taken back before stays so.
pub fn put_end(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    notice: NoticeId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(&END_PUT, &[book.into(), debtor.into(), notice.into(), now.into()]).map(drop)
}

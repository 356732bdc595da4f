//! Leases: one worker at a time on a book's batch work.

use duewell_store::{Tx, book};

use crate::daily::lease_until;
use crate::desk::Desk;
use crate::error::EngineError;

/// Takes or renews a lease; an error names the holder who has it.
pub(crate) fn take(tx: &mut Tx<'_>, desk: &Desk, name: &str) -> Result<(), EngineError> {
    let now = desk.now();
    if book::take_lease(tx, desk.book.id, name, &desk.holder, now, lease_until(now))? {
        return Ok(());
    }
    let (holder, until) =
        book::lease_holder(tx, desk.book.id, name)?.unwrap_or_else(|| ("another process".to_owned(), now));
    // A holder that is known to be dead cannot come back to its work: its lease need not run out.
    if (desk.is_gone)(&holder) {
        book::end_lease(tx, desk.book.id, name, &holder)?;
        if book::take_lease(tx, desk.book.id, name, &desk.holder, now, lease_until(now))? {
            return Ok(());
        }
    }
    Err(EngineError::Leased { holder, until })
}

/// Gives a lease back.
pub(crate) fn end(tx: &mut Tx<'_>, desk: &Desk, name: &str) -> Result<(), EngineError> {
    Ok(book::end_lease(tx, desk.book.id, name, &desk.holder)?)
}

//! Holds and opt-outs: what a person or a debtor says that must silence the machine at once.

use duewell_domain::debtor::{Channel, Consent};
use duewell_domain::hold::{Hold, HoldReason};
use duewell_domain::id::{ContactPointId, DebtorId, HoldId, ReceivableId};
use duewell_store::journal::{Event, Journal};
use duewell_store::{Tx, debtor};
use jiff::civil::Date;
use serde::Serialize;

use crate::desk::Desk;
use crate::error::EngineError;
use crate::look::{Cases, look_today};

#[derive(Serialize)]
struct HoldPayload<'a> {
    hold: HoldId,
    receivable: Option<ReceivableId>,
    reason: HoldReason,
    note: &'a str,
    from_on: Date,
    until_on: Option<Date>,
}

/// Silences a debtor, or one receivable, from today on until `until_on` (open-ended without it).
pub fn place_hold(
    desk: &Desk,
    debtor: DebtorId,
    receivable: Option<ReceivableId>,
    reason: HoldReason,
    until_on: Option<Date>,
    note: &str,
    actor: &str,
) -> Result<HoldId, EngineError> {
    let today = desk.today();
    if until_on.is_some_and(|until| until < today) {
        return Err(EngineError::Refused("a hold cannot end before it begins".to_owned()));
    }
    let hold = Hold { id: desk.id(), receivable, reason, from_on: today, until_on };
    let payload = serde_json::to_vec(&HoldPayload {
        hold: hold.id,
        receivable,
        reason,
        note,
        from_on: today,
        until_on,
    })?;
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, desk.now())?;
        known(tx, desk, debtor)?;
        debtor::insert_hold(tx, desk.book.id, debtor, &hold, note, desk.now())?;
        journal_about(&mut journal, tx, desk, debtor, "hold.placed", actor, payload.clone())?;
        journal.flush(tx)?;
        Ok(hold.id)
    })
}

/// Ends a hold; the debtor's cases get a look today.
pub fn release_hold(desk: &Desk, debtor: DebtorId, hold: HoldId, actor: &str) -> Result<(), EngineError> {
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, desk.now())?;
        if !debtor::release_hold(tx, desk.book.id, debtor, hold, desk.now())? {
            return Err(EngineError::NotFound("hold in force", hold.to_string()));
        }
        journal_about(&mut journal, tx, desk, debtor, "hold.released", actor, serde_json::to_vec(&hold)?)?;
        look_today(tx, desk, [debtor], Cases::All)?;
        journal.flush(tx)?;
        Ok(())
    })
}

#[derive(Serialize)]
struct ConsentPayload<'a> {
    contact_point: ContactPointId,
    value: &'a str,
    consent: Consent,
    how: &'a str,
}

/// Records what a debtor said about e-mail: to one address, or to all of them.
pub fn set_consent(
    desk: &Desk,
    debtor: DebtorId,
    address: Option<&str>,
    consent: Consent,
    how: &str,
    actor: &str,
) -> Result<u64, EngineError> {
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, desk.now())?;
        known(tx, desk, debtor)?;
        let count = set_consent_in(tx, desk, &mut journal, debtor, address, consent, how, actor)?;
        journal.flush(tx)?;
        Ok(count)
    })
}

/// The same inside a transaction that is under way.
#[expect(clippy::too_many_arguments, reason = "it is the inner half of a function with as many")]
pub(crate) fn set_consent_in(
    tx: &mut Tx<'_>,
    desk: &Desk,
    journal: &mut Journal,
    debtor: DebtorId,
    address: Option<&str>,
    consent: Consent,
    how: &str,
    actor: &str,
) -> Result<u64, EngineError> {
    let points =
        debtor::load_contact_points(tx, desk.book.id, &[debtor])?.remove(&debtor).unwrap_or_default();
    let meant: Vec<_> = points
        .iter()
        .filter(|point| match address {
            Some(address) => point.value.eq_ignore_ascii_case(address),
            None => point.channel == Channel::Email,
        })
        .collect();
    if meant.is_empty() {
        let what = address.unwrap_or("e-mail").to_owned();
        return Err(EngineError::NotFound("address of this debtor", what));
    }
    for point in &meant {
        debtor::set_consent(tx, desk.book.id, debtor, point.id, consent)?;
        let payload = ConsentPayload { contact_point: point.id, value: &point.value, consent, how };
        let payload = serde_json::to_vec(&payload)?;
        journal_about(journal, tx, desk, debtor, "contact.consent", actor, payload)?;
    }
    if consent != Consent::Refused {
        look_today(tx, desk, [debtor], Cases::All)?;
    }
    Ok(meant.len() as u64)
}

pub(crate) fn known(tx: &mut Tx<'_>, desk: &Desk, debtor: DebtorId) -> Result<(), EngineError> {
    if debtor::load_debtors(tx, desk.book.id, &[debtor])?.contains_key(&debtor) {
        Ok(())
    } else {
        Err(EngineError::NotFound("debtor", debtor.to_string()))
    }
}

pub(crate) fn journal_about(
    journal: &mut Journal,
    tx: &mut Tx<'_>,
    desk: &Desk,
    debtor: DebtorId,
    kind: &str,
    actor: &str,
    payload: Vec<u8>,
) -> Result<(), EngineError> {
    journal.load_subjects(tx, [debtor])?;
    journal.append(Event {
        kind,
        subject: Some(debtor),
        occurred_at: desk.now(),
        actor,
        rules: "",
        payload,
        salt: desk.salt(),
    });
    Ok(())
}

//! Who may work here: invitations, sign-in, sessions.
//!
//! Passwords are kept as argon2id hashes, links and sessions as SHA-256 of 256
//! random bits: a copy of the database signs nobody in. The first account comes
//! from a link that the server prints, every other from an invitation.
//! OWASP ASVS 5.0: 6.2 (passwords), 7 (sessions), 11.4.2 (hashing).

use std::collections::HashMap;
use std::sync::Mutex;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use duewell_domain::debtor::EmailAddress;
use duewell_domain::id::StaffId;
use duewell_store::Tx;
use duewell_store::staff::{self, OpenSession, Staff};
use jiff::{SignedDuration, Timestamp, ToSpan};
use sha2::{Digest as _, Sha256};

use crate::desk::Desk;
use crate::error::EngineError;

/// Characters a password has at least; there is no rule about which.
pub const PASSWORD_MIN: usize = 10;
/// Longer ones would only make hashing costly.
pub const PASSWORD_MAX: usize = 256;
/// How long an invitation can be used.
const INVITATION_HOURS: i64 = 72;
/// A session ends after so long without a click, and in any case after the second.
const IDLE_HOURS: i64 = 12;
const SESSION_DAYS: i64 = 7;
/// A click is noted when the last noted one is older than this: not every page is a write.
const NOTED_MINUTES: i64 = 5;

/// Passwords that guessers try first, beside the words of the account itself.
const COMMON: &str = include_str!("staff/common_passwords.txt");

/// Returns argon2id with the parameters of OWASP's cheat sheet (19 MiB, two passes, one lane).
fn hasher() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("the parameters are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A secret as it travels, and the hash by which it is known here.
struct Token {
    text: String,
    hash: [u8; 32],
}

fn new_token(desk: &Desk) -> Token {
    let text = URL_SAFE_NO_PAD.encode(desk.salt());
    let hash = hash_of(&text);
    Token { text, hash }
}

fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Why an account or a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountProblem {
    #[error("the name is missing")]
    NoName,
    #[error("the e-mail address is not one")]
    Email,
    #[error("there is an account with this e-mail address")]
    EmailTaken,
    #[error("a password needs at least {PASSWORD_MIN} characters")]
    TooShort,
    #[error("a password has at most {PASSWORD_MAX} characters")]
    TooLong,
    #[error("this password is among the first that guessers try")]
    Common,
    #[error("the link was used already, or its time is over")]
    Invitation,
    #[error("this is not the present password")]
    WrongPassword,
}

/// Checks a new password; `words` are name and address of its owner.
pub fn check_password(password: &str, words: &[&str]) -> Result<(), AccountProblem> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(AccountProblem::TooShort);
    }
    if length > PASSWORD_MAX {
        return Err(AccountProblem::TooLong);
    }
    let lower = password.to_lowercase();
    let first = lower.chars().next();
    let one_letter = lower.chars().all(|c| Some(c) == first);
    let own = words
        .iter()
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= 4)
        .any(|word| {
            // What is left beside one's own name must be a password by itself.
            lower.contains(&word) && lower.replace(&word, "").chars().count() < PASSWORD_MIN - 2
        });
    if one_letter || own || COMMON.lines().any(|common| common == lower) {
        return Err(AccountProblem::Common);
    }
    Ok(())
}

/// Returns the secret of a set-up link while nobody has an account; `None` once somebody has.
pub fn set_up_token(desk: &Desk) -> Result<Option<String>, EngineError> {
    let token = new_token(desk);
    let now = desk.now();
    desk.store.write(|tx| {
        let tenant = desk.book.tenant;
        if staff::count_staff(tx, tenant)? > 0 {
            return Ok(None);
        }
        staff::insert_invitation(tx, tenant, &token.hash, "", "system", now, now + INVITATION_HOURS.hours())?;
        Ok(Some(token.text.clone()))
    })
}

/// Invites a colleague and returns the secret of the link to hand over.
pub fn invite(desk: &Desk, email: &str, actor: &str) -> Result<Result<String, AccountProblem>, EngineError> {
    let email = email.trim().to_lowercase();
    if email.parse::<EmailAddress>().is_err() {
        return Ok(Err(AccountProblem::Email));
    }
    let token = new_token(desk);
    let now = desk.now();
    desk.store.write(|tx| {
        let tenant = desk.book.tenant;
        if staff::find_staff(tx, tenant, &email)?.is_some() {
            return Ok(Err(AccountProblem::EmailTaken));
        }
        staff::insert_invitation(
            tx,
            tenant,
            &token.hash,
            &email,
            actor,
            now,
            now + INVITATION_HOURS.hours(),
        )?;
        record(tx, desk, "staff.invited", actor, &serde_json::json!({ "email": email }))?;
        Ok(Ok(token.text.clone()))
    })
}

/// Takes an invitation back before somebody used it.
pub fn take_back_invitation(desk: &Desk, email: &str, actor: &str) -> Result<(), EngineError> {
    desk.store.write(|tx| {
        if !staff::end_invitation(tx, desk.book.tenant, email)? {
            return Err(EngineError::NotFound("invitation", email.to_owned()));
        }
        record(tx, desk, "staff.invitation_taken_back", actor, &serde_json::json!({ "email": email }))
    })
}

/// Says for which address a link is good: empty for the first account, which chooses one.
pub fn find_invitation(desk: &Desk, token: &str) -> Result<Option<String>, EngineError> {
    let hash = hash_of(token);
    desk.store.read(|tx| good_invitation(tx, desk, &hash))
}

/// A set-up link is good only while nobody has an account, however somebody came to theirs.
fn good_invitation(tx: &mut Tx<'_>, desk: &Desk, hash: &[u8; 32]) -> Result<Option<String>, EngineError> {
    let tenant = desk.book.tenant;
    let found = staff::find_invitation(tx, tenant, hash, desk.now())?;
    let too_late = found.as_deref() == Some("") && staff::count_staff(tx, tenant)? > 0;
    Ok(found.filter(|_| !too_late))
}

/// What a new colleague fills in.
#[derive(Clone)]
pub struct NewAccount<'a> {
    pub name: &'a str,
    /// Ignored where the invitation names one.
    pub email: &'a str,
    pub language: &'a str,
    pub password: &'a str,
}

/// Makes an account of an invitation, which is used up with it.
pub fn accept_invitation(
    desk: &Desk,
    token: &str,
    account: &NewAccount<'_>,
) -> Result<Result<StaffId, AccountProblem>, EngineError> {
    let now = desk.now();
    let hash = hash_of(token);
    let Some(invited) = find_invitation(desk, token)? else { return Ok(Err(AccountProblem::Invitation)) };
    let email = if invited.is_empty() { account.email.trim().to_lowercase() } else { invited };
    let name = account.name.trim();
    if name.is_empty() {
        return Ok(Err(AccountProblem::NoName));
    }
    if email.parse::<EmailAddress>().is_err() {
        return Ok(Err(AccountProblem::Email));
    }
    if let Err(problem) = check_password(account.password, &[name, &email, "duewell"]) {
        return Ok(Err(problem));
    }
    let one = Staff {
        id: desk.id(),
        email,
        name: name.to_owned(),
        language: account.language.to_owned(),
        password: hash_password(desk, account.password),
        created_at: now,
        disabled_at: None,
    };
    desk.store.write(|tx| {
        let tenant = desk.book.tenant;
        if good_invitation(tx, desk, &hash)?.is_none() {
            return Ok(Err(AccountProblem::Invitation));
        }
        if staff::find_staff(tx, tenant, &one.email)?.is_some() {
            return Ok(Err(AccountProblem::EmailTaken));
        }
        if !staff::take_invitation(tx, tenant, &hash, now)? {
            return Ok(Err(AccountProblem::Invitation));
        }
        staff::insert_staff(tx, tenant, &one)?;
        let payload = serde_json::json!({ "staff": one.id, "email": one.email });
        record(tx, desk, "staff.joined", &actor_of(&one.email), &payload)?;
        Ok(Ok(one.id))
    })
}

fn hash_password(desk: &Desk, password: &str) -> String {
    let salt = desk.salt();
    hasher()
        .hash_password_with_salt(password.as_bytes(), &salt[..16])
        .expect("a password of a checked length and a salt of 16 bytes can be hashed")
        .to_string()
}

fn is_password(password: &str, hash: &str) -> bool {
    hasher().verify_password(password.as_bytes(), hash).is_ok()
}

/// How the journal names a person of the staff.
pub fn actor_of(email: &str) -> String {
    format!("user:{email}")
}

/// Checks address and password; takes as long for an address that nobody has.
pub fn check_sign_in(desk: &Desk, email: &str, password: &str) -> Result<Option<StaffId>, EngineError> {
    // The hash of a password nobody knows, so that an unknown address costs the same work.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$\
        c29tZSAzMiBieXRlcyB0aGF0IGFyZSBubyBoYXNoLi4";
    let email = email.trim().to_lowercase();
    let found = desk.store.read(|tx| staff::find_staff(tx, desk.book.tenant, &email))?;
    if password.chars().count() > PASSWORD_MAX {
        return Ok(None);
    }
    let hash = found.as_ref().map_or(NOBODY, |one| one.password.as_str());
    let right = is_password(password, hash);
    Ok(found.filter(|one| right && one.disabled_at.is_none()).map(|one| one.id))
}

/// Opens a session and returns its secret for the cookie.
pub fn open_session(desk: &Desk, id: StaffId, agent: &str) -> Result<String, EngineError> {
    let token = new_token(desk);
    let now = desk.now();
    let agent: String = agent.chars().filter(|c| !c.is_control()).take(200).collect();
    desk.store.write(|tx| {
        let tenant = desk.book.tenant;
        let one = staff::load_staff(tx, tenant, id)?
            .ok_or_else(|| EngineError::NotFound("account", id.to_string()))?;
        let (ends, idle) = (now + (SESSION_DAYS * 24).hours(), now - IDLE_HOURS.hours());
        staff::insert_session(tx, tenant, &token.hash, id, &agent, now, ends, idle)?;
        let payload = serde_json::json!({ "staff": id });
        record(tx, desk, "staff.signed_in", &actor_of(&one.email), &payload)
    })?;
    Ok(token.text)
}

/// Who is at work in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtWork {
    pub id: StaffId,
    pub email: String,
    pub name: String,
    pub language: String,
    /// The session's last noted use is some minutes ago: [`note_use`] is due.
    pub is_unnoted: bool,
}

impl AtWork {
    /// How the journal names this person.
    pub fn actor(&self) -> String {
        actor_of(&self.email)
    }
}

/// Returns who a session's secret belongs to, while it is good. Writes nothing.
pub fn at_work(desk: &Desk, token: &str) -> Result<Option<AtWork>, EngineError> {
    let hash = hash_of(token);
    let (tenant, now) = (desk.book.tenant, desk.now());
    let Some(session) = desk.store.read(|tx| staff::load_session(tx, tenant, &hash))? else {
        return Ok(None);
    };
    if session.disabled || session.ends_at <= now || session.seen_at + IDLE_HOURS.hours() <= now {
        return Ok(None);
    }
    Ok(Some(AtWork {
        id: session.staff,
        email: session.email,
        name: session.name,
        language: session.language,
        is_unnoted: session.seen_at + NOTED_MINUTES.minutes() <= now,
    }))
}

/// Notes that a session was used just now, so that it does not end for want of clicks.
pub fn note_use(desk: &Desk, token: &str) -> Result<(), EngineError> {
    let hash = hash_of(token);
    Ok(desk.store.write(|tx| staff::touch_session(tx, desk.book.tenant, &hash, desk.now()))?)
}

/// Ends a session.
pub fn sign_out(desk: &Desk, token: &str) -> Result<(), EngineError> {
    let hash = hash_of(token);
    Ok(desk.store.write(|tx| staff::end_session(tx, desk.book.tenant, &hash))?)
}

/// Changes one's own password. All sessions end, the one at hand too: a new one is opened by the caller.
pub fn change_password(
    desk: &Desk,
    id: StaffId,
    present: &str,
    new: &str,
) -> Result<Result<(), AccountProblem>, EngineError> {
    let tenant = desk.book.tenant;
    let one = desk
        .store
        .read(|tx| staff::load_staff(tx, tenant, id))?
        .ok_or_else(|| EngineError::NotFound("account", id.to_string()))?;
    if present.chars().count() > PASSWORD_MAX || !is_password(present, &one.password) {
        return Ok(Err(AccountProblem::WrongPassword));
    }
    if let Err(problem) = check_password(new, &[&one.name, &one.email, "duewell"]) {
        return Ok(Err(problem));
    }
    let hash = hash_password(desk, new);
    desk.store.write(|tx| {
        staff::set_password(tx, tenant, id, &hash)?;
        staff::end_sessions(tx, tenant, id)?;
        record(tx, desk, "staff.password", &actor_of(&one.email), &serde_json::json!({ "staff": id }))?;
        Ok(Ok(()))
    })
}

/// Changes how a person is called and spoken to.
pub fn change_profile(desk: &Desk, id: StaffId, name: &str, language: &str) -> Result<(), EngineError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(EngineError::Refused(AccountProblem::NoName.to_string()));
    }
    Ok(desk.store.write(|tx| staff::set_profile(tx, desk.book.tenant, id, name, language))?)
}

/// Closes or opens a colleague's account; closing ends its sessions and what it invited to. Nobody closes their own.
pub fn set_open(desk: &Desk, id: StaffId, open: bool, by: &AtWork) -> Result<(), EngineError> {
    if id == by.id && !open {
        return Err(EngineError::Refused("nobody closes their own account".to_owned()));
    }
    let (tenant, now) = (desk.book.tenant, desk.now());
    desk.store.write(|tx| {
        let Some(one) = staff::load_staff(tx, tenant, id)? else {
            return Err(EngineError::NotFound("account", id.to_string()));
        };
        staff::set_disabled(tx, tenant, id, (!open).then_some(now))?;
        if !open {
            staff::end_sessions(tx, tenant, id)?;
            staff::end_invitations_by(tx, tenant, &actor_of(&one.email))?;
        }
        let kind = if open { "staff.opened" } else { "staff.closed" };
        record(tx, desk, kind, &by.actor(), &serde_json::json!({ "staff": id }))
    })
}

/// Everyone who has an account, and who is invited until when.
pub struct Everyone {
    pub staff: Vec<Staff>,
    pub invited: Vec<(String, Timestamp)>,
}

/// Lists accounts and invitations.
pub fn everyone(desk: &Desk) -> Result<Everyone, EngineError> {
    desk.store.read(|tx| {
        Ok(Everyone {
            staff: staff::list_staff(tx, desk.book.tenant)?,
            invited: staff::list_invitations(tx, desk.book.tenant, desk.now())?,
        })
    })
}

/// Lists one's own sessions; the flag says which one is at hand.
pub fn sessions(desk: &Desk, id: StaffId, token: &str) -> Result<Vec<(OpenSession, bool)>, EngineError> {
    let own = hash_of(token);
    let list = desk.store.read(|tx| staff::list_sessions(tx, desk.book.tenant, id))?;
    Ok(list
        .into_iter()
        .map(|one| {
            let at_hand = one.token_hash == own;
            (one, at_hand)
        })
        .collect())
}

/// Ends all of one's sessions but the one at hand.
pub fn end_other_sessions(desk: &Desk, id: StaffId, token: &str) -> Result<(), EngineError> {
    let own = hash_of(token);
    let tenant = desk.book.tenant;
    desk.store.write(|tx| {
        for one in staff::list_sessions(tx, tenant, id)? {
            if let Ok(hash) = <[u8; 32]>::try_from(one.token_hash.as_slice())
                && hash != own
            {
                staff::end_session(tx, tenant, &hash)?;
            }
        }
        Ok(())
    })
}

fn record(
    tx: &mut Tx<'_>,
    desk: &Desk,
    kind: &str,
    actor: &str,
    payload: &serde_json::Value,
) -> Result<(), EngineError> {
    desk.record(tx, kind, actor, "", payload.to_string().as_bytes())
}

/// Slows guessing down: after some failures of a kind further tries wait, longer each time.
///
/// In memory and per process: a restart forgets, a guesser cannot restart the server.
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<String, Failures>>);

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// Failures that cost nothing.
const FREE_TRIES: u32 = 5;
/// Keys that are remembered; the oldest are forgotten first.
const KEYS_MAX: usize = 10_000;

impl Throttle {
    /// Returns how long a key must still wait; `None` when it may try now.
    pub fn wait(&self, key: &str, now: Timestamp) -> Option<SignedDuration> {
        let known = self.lock();
        let failures = known.get(key)?;
        let over = failures.count.checked_sub(FREE_TRIES)?;
        // 30 s, a minute, two … up to a quarter of an hour.
        let seconds = (30_i64 << over.min(5)).min(15 * 60);
        let left = failures.last + SignedDuration::from_secs(seconds) - now;
        let left = SignedDuration::try_from(left).ok()?;
        left.is_positive().then_some(left)
    }

    /// Notes a failure.
    pub fn failed(&self, key: &str, now: Timestamp) {
        let mut known = self.lock();
        if known.len() >= KEYS_MAX && !known.contains_key(key) {
            let oldest = known.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest {
                known.remove(&oldest);
            }
        }
        let failures = known.entry(key.to_owned()).or_insert(Failures { count: 0, last: now });
        // An hour of quiet forgives.
        if failures.last + 1.hour() < now {
            failures.count = 0;
        }
        failures.count += 1;
        failures.last = now;
    }

    /// Forgets a key's failures.
    pub fn succeeded(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Failures>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_guessers_try_are_refused() {
        let own = ["Jule Petersen", "jule@nordlicht.example", "duewell"];
        for (password, expected) in [
            ("short", Err(AccountProblem::TooShort)),
            ("aaaaaaaaaaaaaa", Err(AccountProblem::Common)),
            ("Password123", Err(AccountProblem::Common)),
            ("petersen2026", Err(AccountProblem::Common)),
            ("duewell1234", Err(AccountProblem::Common)),
            ("correct horse battery staple", Ok(())),
            ("Петровская осень", Ok(())),
            ("jule petersen likes the sea at night", Ok(())),
        ] {
            assert_eq!(check_password(password, &own), expected, "{password}");
        }
        assert_eq!(check_password(&"x1".repeat(200), &own), Err(AccountProblem::TooLong));
    }

    #[test]
    fn guessing_is_slowed_and_quiet_forgives() {
        let throttle = Throttle::default();
        let start: Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
        for _ in 0..FREE_TRIES - 1 {
            throttle.failed("a", start);
        }
        assert_eq!(throttle.wait("a", start), None);
        throttle.failed("a", start);
        assert_eq!(throttle.wait("a", start), Some(SignedDuration::from_secs(30)));
        assert_eq!(throttle.wait("b", start), None);
        throttle.failed("a", start + 30.seconds());
        assert_eq!(throttle.wait("a", start + 30.seconds()), Some(SignedDuration::from_secs(60)));
        for _ in 0..40 {
            throttle.failed("a", start + 60.seconds());
        }
        assert_eq!(throttle.wait("a", start + 60.seconds()), Some(SignedDuration::from_mins(15)));
        assert_eq!(throttle.wait("a", start + 2.hours()), None);
        throttle.failed("a", start + 2.hours());
        assert_eq!(throttle.wait("a", start + 2.hours()), None, "an hour of quiet forgives");
        throttle.succeeded("a");
        for n in 0..KEYS_MAX + 10 {
            throttle.failed(&n.to_string(), start);
        }
        assert!(throttle.lock().len() <= KEYS_MAX);
    }
}

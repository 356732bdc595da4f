//! Who works here: accounts, invitations, sessions. Secrets come and stay as hashes.

use duewell_domain::id::{StaffId, TenantId};
use jiff::Timestamp;

use crate::sql::Row;
use crate::tx::Tx;
use crate::{StoreError, inserts, statements};

macro_rules! columns {
    () => {
        "staff_id, email, name, language, password, created_at, disabled_at"
    };
}

statements! {
    COUNT = "select count(*) from staff where tenant_id = $1";
    ALL = concat!("select ", columns!(), " from staff where tenant_id = $1 order by name, staff_id");
    BY_EMAIL = concat!("select ", columns!(), " from staff where tenant_id = $1 and email = $2");
    BY_ID = concat!("select ", columns!(), " from staff where tenant_id = $1 and staff_id = $2");
    PASSWORD = "update staff set password = $3 where tenant_id = $1 and staff_id = $2";
    PROFILE = "update staff set name = $3, language = $4 where tenant_id = $1 and staff_id = $2";
    DISABLED = "update staff set disabled_at = $3 where tenant_id = $1 and staff_id = $2";
    INVITED = "select email from invitation where tenant_id = $1 and token_hash = $2 and ends_at > $3";
    INVITATION_TAKE = "delete from invitation where tenant_id = $1 and token_hash = $2 and ends_at > $3";
    INVITATIONS_END = "delete from invitation where tenant_id = $1 and email = $2";
    INVITATIONS_END_BY = "delete from invitation where tenant_id = $1 and invited_by = $2";
    INVITATIONS = "select email, ends_at from invitation where tenant_id = $1 and ends_at > $2 order by created_at, email";
    SESSION = "select s.staff_id, s.seen_at, s.ends_at, t.email, t.name, t.language, t.disabled_at from staff_session s
        join staff t on t.tenant_id = s.tenant_id and t.staff_id = s.staff_id
        where s.tenant_id = $1 and s.token_hash = $2";
    SESSION_SEEN = "update staff_session set seen_at = $3 where tenant_id = $1 and token_hash = $2";
    SESSION_END = "delete from staff_session where tenant_id = $1 and token_hash = $2";
    SESSIONS_END = "delete from staff_session where tenant_id = $1 and staff_id = $2";
    SESSIONS_OLD = "delete from staff_session where tenant_id = $1 and (ends_at <= $2 or seen_at <= $3)";
    SESSIONS_OF = "select token_hash, agent, created_at, seen_at from staff_session
        where tenant_id = $1 and staff_id = $2 order by seen_at desc, token_hash";
}

inserts! {
    STAFF_INSERT = staff(tenant_id, staff_id, email, name, language, password, created_at);
    INVITATION_INSERT = invitation(tenant_id, token_hash, email, invited_by, created_at, ends_at);
    SESSION_INSERT = staff_session(tenant_id, token_hash, staff_id, agent, created_at, seen_at, ends_at);
}

/// A person who works for the creditor.
#[derive(Clone, PartialEq, Eq)]
pub struct Staff {
    pub id: StaffId,
    /// In lower case; unique in the tenant.
    pub email: String,
    pub name: String,
    /// BCP 47 tag of the pages.
    pub language: String,
    /// PHC string of the password's argon2id hash.
    pub password: String,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
}

fn staff(row: &Row<'_>) -> Result<Staff, StoreError> {
    Ok(Staff {
        id: row.id(0)?,
        email: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        language: row.text(3)?.to_owned(),
        password: row.text(4)?.to_owned(),
        created_at: row.timestamp(5)?,
        disabled_at: row.opt_timestamp(6)?,
    })
}

/// Counts the accounts of a tenant, disabled ones too.
pub fn count_staff(tx: &mut Tx<'_>, tenant: TenantId) -> Result<i64, StoreError> {
    tx.one(&COUNT, &[tenant.into()], |row| row.int(0))
}

/// Lists the accounts of a tenant by name.
pub fn list_staff(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Staff>, StoreError> {
    tx.all(&ALL, &[tenant.into()], staff)
}

/// Finds an account by its e-mail address in lower case.
pub fn find_staff(tx: &mut Tx<'_>, tenant: TenantId, email: &str) -> Result<Option<Staff>, StoreError> {
    tx.opt(&BY_EMAIL, &[tenant.into(), email.into()], staff)
}

/// Loads one account.
pub fn load_staff(tx: &mut Tx<'_>, tenant: TenantId, id: StaffId) -> Result<Option<Staff>, StoreError> {
    tx.opt(&BY_ID, &[tenant.into(), id.into()], staff)
}

/// Adds an account; an address that is taken is a duplicate.
pub fn insert_staff(tx: &mut Tx<'_>, tenant: TenantId, one: &Staff) -> Result<(), StoreError> {
    let row = [
        tenant.into(),
        one.id.into(),
        (&one.email).into(),
        (&one.name).into(),
        (&one.language).into(),
        (&one.password).into(),
        one.created_at.into(),
    ];
    tx.insert_many(&STAFF_INSERT, &row)
}

/// Replaces the password's hash.
pub fn set_password(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: StaffId,
    password: &str,
) -> Result<(), StoreError> {
    tx.must(&PASSWORD, &[tenant.into(), id.into(), password.into()])
}

/// Replaces name and language.
pub fn set_profile(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: StaffId,
    name: &str,
    language: &str,
) -> Result<(), StoreError> {
    tx.must(&PROFILE, &[tenant.into(), id.into(), name.into(), language.into()])
}

/// Closes an account, or (with `None`) opens it again.
pub fn set_disabled(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: StaffId,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.must(&DISABLED, &[tenant.into(), id.into(), at.into()])
}

/// Keeps an invitation, the only one of its address; `email` is empty for the first account of a tenant.
pub fn insert_invitation(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    token_hash: &[u8; 32],
    email: &str,
    invited_by: &str,
    now: Timestamp,
    ends_at: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(&INVITATIONS_END, &[tenant.into(), email.into()])?;
    let row = [tenant.into(), token_hash.into(), email.into(), invited_by.into(), now.into(), ends_at.into()];
    tx.insert_many(&INVITATION_INSERT, &row)
}

/// Takes an address's invitation back; `false` when there was none.
pub fn end_invitation(tx: &mut Tx<'_>, tenant: TenantId, email: &str) -> Result<bool, StoreError> {
    Ok(tx.exec(&INVITATIONS_END, &[tenant.into(), email.into()])? > 0)
}

/// Takes back whatever somebody invited to.
pub fn end_invitations_by(tx: &mut Tx<'_>, tenant: TenantId, actor: &str) -> Result<(), StoreError> {
    tx.exec(&INVITATIONS_END_BY, &[tenant.into(), actor.into()]).map(drop)
}

/// Returns for which address an invitation is that is still good.
pub fn find_invitation(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    tx.opt(&INVITED, &[tenant.into(), token_hash.into(), now.into()], |row| Ok(row.text(0)?.to_owned()))
}

/// Uses an invitation up; `false` when somebody was first.
pub fn take_invitation(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.exec(&INVITATION_TAKE, &[tenant.into(), token_hash.into(), now.into()])? == 1)
}

/// Lists the addresses invited and until when.
pub fn list_invitations(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    now: Timestamp,
) -> Result<Vec<(String, Timestamp)>, StoreError> {
    tx.all(&INVITATIONS, &[tenant.into(), now.into()], |row| Ok((row.text(0)?.to_owned(), row.timestamp(1)?)))
}

/// A session with what every page needs to know of its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub staff: StaffId,
    pub email: String,
    pub name: String,
    pub language: String,
    pub seen_at: Timestamp,
    pub ends_at: Timestamp,
    pub disabled: bool,
}

/// Loads a session, good or not.
pub fn load_session(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    token_hash: &[u8; 32],
) -> Result<Option<Session>, StoreError> {
    tx.opt(&SESSION, &[tenant.into(), token_hash.into()], |row| {
        Ok(Session {
            staff: row.id(0)?,
            seen_at: row.timestamp(1)?,
            ends_at: row.timestamp(2)?,
            email: row.text(3)?.to_owned(),
            name: row.text(4)?.to_owned(),
            language: row.text(5)?.to_owned(),
            disabled: row.opt_int(6)?.is_some(),
        })
    })
}

/// Opens a session and throws away those that have ended or were silent since `idle_since`.
#[expect(clippy::too_many_arguments, reason = "they are the columns of one row")]
pub fn insert_session(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    token_hash: &[u8; 32],
    staff: StaffId,
    agent: &str,
    now: Timestamp,
    ends_at: Timestamp,
    idle_since: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(&SESSIONS_OLD, &[tenant.into(), now.into(), idle_since.into()])?;
    let row = [
        tenant.into(),
        token_hash.into(),
        staff.into(),
        agent.into(),
        now.into(),
        now.into(),
        ends_at.into(),
    ];
    tx.insert_many(&SESSION_INSERT, &row)
}

/// Notes that a session was used.
pub fn touch_session(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(&SESSION_SEEN, &[tenant.into(), token_hash.into(), now.into()]).map(drop)
}

/// Ends one session.
pub fn end_session(tx: &mut Tx<'_>, tenant: TenantId, token_hash: &[u8; 32]) -> Result<(), StoreError> {
    tx.exec(&SESSION_END, &[tenant.into(), token_hash.into()]).map(drop)
}

/// Ends all sessions of an account.
pub fn end_sessions(tx: &mut Tx<'_>, tenant: TenantId, staff: StaffId) -> Result<u64, StoreError> {
    tx.exec(&SESSIONS_END, &[tenant.into(), staff.into()])
}

/// One open session, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    pub token_hash: Vec<u8>,
    /// What the browser calls itself.
    pub agent: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

/// Lists the sessions of an account, last used first.
pub fn list_sessions(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    staff: StaffId,
) -> Result<Vec<OpenSession>, StoreError> {
    tx.all(&SESSIONS_OF, &[tenant.into(), staff.into()], |row| {
        Ok(OpenSession {
            token_hash: row.bytes(0)?.to_vec(),
            agent: row.text(1)?.to_owned(),
            created_at: row.timestamp(2)?,
            seen_at: row.timestamp(3)?,
        })
    })
}

//! Tenants, books, settings, rules as data, leases.

use duewell_domain::dunning::Scenario;
use duewell_domain::id::{BookId, TenantId};
use jiff::Timestamp;

use crate::sql::V;
use crate::tx::Tx;
use crate::{StoreError, inserts, statements};

statements! {
    /// The tenants, oldest first.
    TENANTS = "select tenant_id, name from tenant order by tenant_id";
    /// The books of a tenant, oldest first.
    BOOKS = "select book_id, name, zone from book where tenant_id = $1 order by book_id";
    BOOK = "select book_id, tenant_id, name, zone from book where book_id = $1";
    SETTING = "select value from setting where tenant_id = $1 and name = $2";
    SETTINGS = "select name, value from setting where tenant_id = $1 order by name";
    SETTING_PUT = "insert into setting (tenant_id, name, value) values ($1, $2, $3)
        on conflict (tenant_id, name) do update set value = excluded.value";
    SCENARIO_NEWEST = "select body from scenario where tenant_id = $1 and name = $2 order by version desc limit 1";
    TEMPLATES = "select kind, language, source from template where tenant_id = $1 order by kind, language";
    TEMPLATE_PUT = "insert into template (tenant_id, kind, language, source, created_at) values ($1, $2, $3, $4, $5)
        on conflict (tenant_id, kind, language) do update set source = excluded.source, created_at = excluded.created_at";
    TEMPLATE_REMOVE = "delete from template where tenant_id = $1 and kind = $2 and language = $3";
    MAPPING = "select body from import_mapping where tenant_id = $1 and kind = $2 and name = $3";
    MAPPING_PUT = "insert into import_mapping (tenant_id, kind, name, body) values ($1, $2, $3, $4)
        on conflict (tenant_id, kind, name) do update set body = excluded.body";
    LEASE_TAKE = "update lease set holder = $3, leased_until = $5, fence = fence + 1
        where book_id = $1 and name = $2 and (leased_until <= $4 or holder = $3)";
    LEASE_NEW = "insert into lease (book_id, name, holder, fence, leased_until) values ($1, $2, $3, 1, $4)
        on conflict (book_id, name) do nothing";
    LEASE_END = "update lease set leased_until = 0 where book_id = $1 and name = $2 and holder = $3";
    LEASE_HOLDER = "select holder, leased_until from lease where book_id = $1 and name = $2";
    NODE_TAKE = "update node set holder = $2, leased_until = $4 where node = $1 and (leased_until <= $3 or holder = $2)";
    NODE_NEW = "insert into node (node, holder, leased_until) values ($1, $2, $3) on conflict (node) do nothing";
    NODE_RENEW = "update node set leased_until = $3 where node = $1 and holder = $2";
    NODE_END = "update node set leased_until = 0 where node = $1 and holder = $2";
}

inserts! {
    TENANT_INSERT = tenant(tenant_id, name, created_at);
    BOOK_INSERT = book(book_id, tenant_id, name, zone, created_at);
    HEAD_INSERT = journal_head(book_id, size, frontier);
    SCENARIO_INSERT = scenario(tenant_id, name, version, body, created_at);
}

/// A tenant's ledger with its debtors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    pub id: BookId,
    pub tenant: TenantId,
    pub name: String,
    /// The creditor's IANA time zone: it decides which day it is.
    pub zone: String,
}

/// Lists all tenants.
pub fn list_tenants(tx: &mut Tx<'_>) -> Result<Vec<(TenantId, String)>, StoreError> {
    tx.all(&TENANTS, &[], |row| Ok((row.id(0)?, row.text(1)?.to_owned())))
}

/// Lists the books of a tenant.
pub fn list_books(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Book>, StoreError> {
    tx.all(&BOOKS, &[tenant.into()], |row| {
        Ok(Book { id: row.id(0)?, tenant, name: row.text(1)?.to_owned(), zone: row.text(2)?.to_owned() })
    })
}

/// Loads one book.
pub fn load_book(tx: &mut Tx<'_>, book: BookId) -> Result<Option<Book>, StoreError> {
    tx.opt(&BOOK, &[book.into()], |row| {
        Ok(Book {
            id: row.id(0)?,
            tenant: row.id(1)?,
            name: row.text(2)?.to_owned(),
            zone: row.text(3)?.to_owned(),
        })
    })
}

/// Creates a tenant.
pub fn create_tenant(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    name: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.insert_many(&TENANT_INSERT, &[tenant.into(), name.into(), now.into()])
}

/// Creates a book with an empty journal.
pub fn create_book(tx: &mut Tx<'_>, book: &Book, now: Timestamp) -> Result<(), StoreError> {
    let row = [book.id.into(), book.tenant.into(), (&book.name).into(), (&book.zone).into(), now.into()];
    tx.insert_many(&BOOK_INSERT, &row)?;
    let frontier = duewell_domain::evidence::Frontier::default().to_bytes();
    tx.insert_many(&HEAD_INSERT, &[book.id.into(), V::Int(0), (&frontier).into()])
}

/// Reads one setting.
pub fn load_setting(tx: &mut Tx<'_>, tenant: TenantId, name: &str) -> Result<Option<String>, StoreError> {
    tx.opt(&SETTING, &[tenant.into(), name.into()], |row| Ok(row.text(0)?.to_owned()))
}

/// Lists all settings of a tenant by name.
pub fn list_settings(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<(String, String)>, StoreError> {
    tx.all(&SETTINGS, &[tenant.into()], |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())))
}

/// Writes one setting.
pub fn put_setting(tx: &mut Tx<'_>, tenant: TenantId, name: &str, value: &str) -> Result<(), StoreError> {
    tx.exec(&SETTING_PUT, &[tenant.into(), name.into(), value.into()]).map(drop)
}

/// Loads the newest version of a scenario.
pub fn load_scenario(tx: &mut Tx<'_>, tenant: TenantId, name: &str) -> Result<Option<Scenario>, StoreError> {
    let body = tx.opt(&SCENARIO_NEWEST, &[tenant.into(), name.into()], |row| Ok(row.text(0)?.to_owned()))?;
    body.map(|body| StoreError::parse_json("scenario.body", &body)).transpose()
}

/// Adds a version of a scenario; a version that exists is a duplicate.
pub fn add_scenario(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    scenario: &Scenario,
    now: Timestamp,
) -> Result<(), StoreError> {
    let body = StoreError::to_json("scenario.body", scenario)?;
    let row = [
        tenant.into(),
        (&scenario.name).into(),
        i64::from(scenario.version).into(),
        (&body).into(),
        now.into(),
    ];
    tx.insert_many(&SCENARIO_INSERT, &row)
}

/// Lists the templates a tenant has edited: kind, language, source.
pub fn list_templates(
    tx: &mut Tx<'_>,
    tenant: TenantId,
) -> Result<Vec<(String, String, String)>, StoreError> {
    tx.all(&TEMPLATES, &[tenant.into()], |row| {
        Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(2)?.to_owned()))
    })
}

/// Saves an edited template.
pub fn put_template(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    kind: &str,
    language: &str,
    source: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = [tenant.into(), kind.into(), language.into(), source.into(), now.into()];
    tx.exec(&TEMPLATE_PUT, &row).map(drop)
}

/// Forgets an edited template, so that the default text is used again.
pub fn remove_template(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    kind: &str,
    language: &str,
) -> Result<bool, StoreError> {
    Ok(tx.exec(&TEMPLATE_REMOVE, &[tenant.into(), kind.into(), language.into()])? > 0)
}

/// Loads a saved column mapping (JSON).
pub fn load_mapping(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    kind: &str,
    name: &str,
) -> Result<Option<String>, StoreError> {
    tx.opt(&MAPPING, &[tenant.into(), kind.into(), name.into()], |row| Ok(row.text(0)?.to_owned()))
}

/// Saves a column mapping (JSON).
pub fn put_mapping(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    kind: &str,
    name: &str,
    body: &str,
) -> Result<(), StoreError> {
    tx.exec(&MAPPING_PUT, &[tenant.into(), kind.into(), name.into(), body.into()]).map(drop)
}

/// Takes or renews a book's lease for batch work; `false` when another holder has it.
pub fn take_lease(
    tx: &mut Tx<'_>,
    book: BookId,
    name: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let taken =
        tx.exec(&LEASE_TAKE, &[book.into(), name.into(), holder.into(), now.into(), until.into()])? == 1;
    if taken {
        return Ok(true);
    }
    Ok(tx.exec(&LEASE_NEW, &[book.into(), name.into(), holder.into(), until.into()])? == 1)
}

/// Returns who holds a lease and until when.
pub fn lease_holder(
    tx: &mut Tx<'_>,
    book: BookId,
    name: &str,
) -> Result<Option<(String, Timestamp)>, StoreError> {
    tx.opt(&LEASE_HOLDER, &[book.into(), name.into()], |row| Ok((row.text(0)?.to_owned(), row.timestamp(1)?)))
}

/// Gives a lease back.
pub fn end_lease(tx: &mut Tx<'_>, book: BookId, name: &str, holder: &str) -> Result<(), StoreError> {
    tx.exec(&LEASE_END, &[book.into(), name.into(), holder.into()]).map(drop)
}

/// Takes the first free node number (0 to 1023) for making ids; `None` when all are taken.
pub fn take_node(
    tx: &mut Tx<'_>,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<u16>, StoreError> {
    for node in 0..1024_u16 {
        let id = V::Int(i64::from(node));
        if tx.exec(&NODE_TAKE, &[id, holder.into(), now.into(), until.into()])? == 1
            || tx.exec(&NODE_NEW, &[id, holder.into(), until.into()])? == 1
        {
            return Ok(Some(node));
        }
    }
    Ok(None)
}

/// Keeps a node number; `false` when it was lost to another holder.
pub fn renew_node(tx: &mut Tx<'_>, node: u16, holder: &str, until: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.exec(&NODE_RENEW, &[V::Int(i64::from(node)), holder.into(), until.into()])? == 1)
}

/// Gives a node number back.
pub fn end_node(tx: &mut Tx<'_>, node: u16, holder: &str) -> Result<(), StoreError> {
    tx.exec(&NODE_END, &[V::Int(i64::from(node)), holder.into()]).map(drop)
}

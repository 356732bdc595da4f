-- Who works here: reference data of a tenant. The password is an argon2id string, links and sessions are kept as hashes.
create table staff (
    tenant_id bigint not null references tenant (tenant_id),
    staff_id bigint not null,
    email text not null,
    name text not null,
    language text not null,
    password text not null,
    created_at bigint not null,
    disabled_at bigint,
    primary key (tenant_id, staff_id)
);
create unique index staff_email on staff (tenant_id, email);
create table invitation (
    tenant_id bigint not null references tenant (tenant_id),
    token_hash bytea not null,
    email text not null,
    invited_by text not null,
    created_at bigint not null,
    ends_at bigint not null,
    primary key (tenant_id, token_hash)
);
create table staff_session (
    tenant_id bigint not null references tenant (tenant_id),
    token_hash bytea not null,
    staff_id bigint not null,
    agent text not null,
    created_at bigint not null,
    seen_at bigint not null,
    ends_at bigint not null,
    primary key (tenant_id, token_hash)
);
create index staff_session_of on staff_session (tenant_id, staff_id);

-- Finding debtors as people look for them: in the order of their names, and by the start of any word of name, number or
-- address. Compared by code point on both engines, so that a prefix is a range of the index.
alter table debtor add column sort_key text collate "C" not null default '';
create index debtor_sorted on debtor (book_id, sort_key, debtor_id);
-- @clustered
create table debtor_word (
    book_id bigint not null,
    word text collate "C" not null,
    debtor_id bigint not null,
    primary key (book_id, word, debtor_id)
);

-- Work lists: what is overdue longest, what waits for a person, who is silent and why, what was sent last.
create index dunning_case_overdue on dunning_case (book_id, anchor_on, debtor_id) where anchor_on is not null;
create index dunning_case_stuck on dunning_case (book_id, waiting, debtor_id)
    where waiting in ('scenario_finished', 'no_address', 'opted_out', 'address_failed', 'text_failed');
create index receivable_due on receivable (book_id, due_on, debtor_id, receivable_id) where state = 'open';
create index hold_in_force on hold (book_id, reason, debtor_id, hold_id) where released_at is null;
create index notice_recent on notice (book_id, notice_id);
create index notice_trouble on notice (book_id, state, notice_id) where state in ('failed', 'unknown');

-- Links of notices up to this one are dead.
create table link_end (
    book_id bigint not null,
    debtor_id bigint not null,
    notice_id bigint not null,
    ended_at bigint not null,
    primary key (book_id, debtor_id)
);

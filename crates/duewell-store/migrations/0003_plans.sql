-- Installment plans: the terms, what they took the place of, and everything that happened to them. What a plan owes
-- follows from terms and entries alone; the kept columns say when it needs a look and are checked by verify. The agenda
-- is what will be posted by itself if nothing happens (day, installment, interest earned), so that closing a day reads
-- no logs; look_on is the first day on which the log has to be read.
-- @clustered
create table plan (
    book_id bigint not null,
    debtor_id bigint not null,
    plan_id bigint not null,
    number text not null,
    state text not null,
    currency text not null,
    terms text not null,
    policy text not null,
    version bigint not null,
    principal_minor bigint not null,
    open_minor bigint not null,
    made_on date not null,
    next_event_on date,
    look_on date,
    agenda bytea not null,
    agenda_done bigint not null,
    evidence text not null,
    created_at bigint not null,
    primary key (book_id, debtor_id, plan_id),
    foreign key (book_id, debtor_id) references debtor (book_id, debtor_id)
);
create unique index plan_number on plan (book_id, number);
create index plan_by_id on plan (book_id, plan_id);
create index plan_next on plan (book_id, next_event_on, plan_id) where next_event_on is not null;
-- @clustered
create table plan_source (
    book_id bigint not null,
    debtor_id bigint not null,
    plan_id bigint not null,
    receivable_id bigint not null,
    amount_minor bigint not null check (amount_minor > 0),
    moved_minor bigint not null,
    primary key (book_id, debtor_id, plan_id, receivable_id)
);
-- @clustered
create table plan_entry (
    book_id bigint not null,
    debtor_id bigint not null,
    plan_id bigint not null,
    number bigint not null,
    value_on date not null,
    entered_on date not null,
    payment_id bigint,
    body text not null,
    primary key (book_id, debtor_id, plan_id, number)
);
-- What was agreed each time: schedule and disclosure as they were shown.
-- @clustered
create table plan_version (
    book_id bigint not null,
    debtor_id bigint not null,
    plan_id bigint not null,
    version bigint not null,
    made_at bigint not null,
    because text not null,
    schedule text not null,
    disclosure text not null,
    primary key (book_id, debtor_id, plan_id, version)
);
-- Which plan and installment a receivable is.
-- @clustered
create table plan_row (
    book_id bigint not null,
    debtor_id bigint not null,
    plan_id bigint not null,
    row_key text not null,
    receivable_id bigint not null,
    primary key (book_id, debtor_id, plan_id, row_key)
);
create table plan_counter (
    book_id bigint not null references book (book_id),
    year bigint not null,
    last bigint not null,
    primary key (book_id, year)
);

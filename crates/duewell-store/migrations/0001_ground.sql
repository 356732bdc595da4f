-- Reference data of a tenant: small, copied to every machine, never tied to a book.
create table tenant (
    tenant_id bigint not null,
    name text not null,
    created_at bigint not null,
    primary key (tenant_id)
);
create table setting (
    tenant_id bigint not null references tenant (tenant_id),
    name text not null,
    value text not null,
    primary key (tenant_id, name)
);
create table scenario (
    tenant_id bigint not null references tenant (tenant_id),
    name text not null,
    version bigint not null,
    body text not null,
    created_at bigint not null,
    primary key (tenant_id, name, version)
);
create table template (
    tenant_id bigint not null references tenant (tenant_id),
    kind text not null,
    language text not null,
    source text not null,
    created_at bigint not null,
    primary key (tenant_id, kind, language)
);
create table import_mapping (
    tenant_id bigint not null references tenant (tenant_id),
    kind text not null,
    name text not null,
    body text not null,
    primary key (tenant_id, kind, name)
);
create table node (
    node bigint not null,
    holder text not null,
    leased_until bigint not null,
    primary key (node)
);

-- The book: the unit of order, proof and lease.
create table book (
    book_id bigint not null,
    tenant_id bigint not null references tenant (tenant_id),
    name text not null,
    zone text not null,
    created_at bigint not null,
    primary key (book_id)
);
create table lease (
    book_id bigint not null references book (book_id),
    name text not null,
    holder text not null,
    fence bigint not null,
    leased_until bigint not null,
    primary key (book_id, name)
);

-- Evidence. Envelopes are kept for ever; salt and payload may be erased.
create table journal_head (
    book_id bigint not null references book (book_id),
    size bigint not null,
    frontier bytea not null,
    primary key (book_id)
);
create table journal (
    book_id bigint not null,
    seq bigint not null,
    kind text not null,
    subject_id bigint not null,
    subject_seq bigint not null,
    prev_seq bigint,
    recorded_at bigint not null,
    leaf_hash bytea not null,
    envelope bytea not null,
    salt bytea,
    payload bytea,
    primary key (book_id, seq)
);
-- The head of each debtor's chain; earlier events follow by prev_seq, which costs no index.
-- @clustered
create table subject (
    book_id bigint not null,
    subject_id bigint not null,
    size bigint not null,
    last_seq bigint not null,
    leaf_hash bytea not null,
    primary key (book_id, subject_id)
);
create table checkpoint (
    book_id bigint not null,
    size bigint not null,
    note text not null,
    made_at bigint not null,
    primary key (book_id, size)
);

-- Files brought in.
create table import_batch (
    book_id bigint not null references book (book_id),
    batch_id bigint not null,
    kind text not null,
    file_name text not null,
    sha256 bytea not null,
    imported_at bigint not null,
    rows_new bigint not null,
    rows_changed bigint not null,
    rows_same bigint not null,
    rows_wrong bigint not null,
    undone_at bigint,
    primary key (book_id, batch_id)
);
create table import_change (
    book_id bigint not null,
    batch_id bigint not null,
    item_id bigint not null,
    debtor_id bigint not null,
    before text not null,
    primary key (book_id, batch_id, item_id)
);

-- Who owes.
create table debtor (
    book_id bigint not null references book (book_id),
    debtor_id bigint not null,
    external_id text not null,
    kind text not null,
    name text not null,
    name_key text not null,
    reference_key text not null,
    language text,
    country text,
    zone text,
    segment text,
    group_name text,
    parent_external_id text,
    batch_id bigint,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (book_id, debtor_id)
);
create unique index debtor_external on debtor (book_id, external_id);
create index debtor_name on debtor (book_id, name_key);
create index debtor_reference on debtor (book_id, reference_key);
-- @clustered
create table contact_point (
    book_id bigint not null,
    debtor_id bigint not null,
    contact_point_id bigint not null,
    channel text not null,
    value text not null,
    provenance text not null,
    consent text not null,
    failed_at bigint,
    batch_id bigint,
    created_at bigint not null,
    primary key (book_id, debtor_id, contact_point_id),
    foreign key (book_id, debtor_id) references debtor (book_id, debtor_id)
);
-- @clustered
create table hold (
    book_id bigint not null,
    debtor_id bigint not null,
    hold_id bigint not null,
    receivable_id bigint,
    reason text not null,
    note text not null,
    from_on date not null,
    until_on date,
    placed_at bigint not null,
    released_at bigint,
    primary key (book_id, debtor_id, hold_id),
    foreign key (book_id, debtor_id) references debtor (book_id, debtor_id)
);

-- What is owed. open_minor is a kept copy of the postings; verify compares them.
-- @clustered
create table receivable (
    book_id bigint not null,
    debtor_id bigint not null,
    receivable_id bigint not null,
    external_id text not null,
    kind text not null,
    number text not null,
    number_key text not null,
    reference text not null,
    reference_key text not null,
    currency text not null,
    amount_minor bigint not null check (amount_minor > 0),
    open_minor bigint not null check (open_minor >= 0),
    issued_on date,
    due_on date not null,
    state text not null,
    announced_on date,
    description text not null,
    batch_id bigint,
    created_at bigint not null,
    primary key (book_id, debtor_id, receivable_id),
    foreign key (book_id, debtor_id) references debtor (book_id, debtor_id)
);
create unique index receivable_external on receivable (book_id, external_id);
create index receivable_number on receivable (book_id, number_key);
create index receivable_reference on receivable (book_id, reference_key) where reference_key <> '';
create table number_shape (
    book_id bigint not null references book (book_id),
    shape text not null,
    key_len bigint not null,
    primary key (book_id, shape)
);

-- What was paid.
create table statement (
    book_id bigint not null references book (book_id),
    statement_id bigint not null,
    batch_id bigint not null,
    account text not null,
    identification text not null,
    currency text,
    opening_minor bigint,
    closing_minor bigint,
    first_on date,
    last_on date,
    entries bigint not null,
    imported_at bigint not null,
    primary key (book_id, statement_id)
);
create index statement_imported on statement (book_id, imported_at);
create table payment (
    book_id bigint not null references book (book_id),
    payment_id bigint not null,
    debtor_id bigint,
    currency text not null,
    amount_minor bigint not null,
    unapplied_minor bigint not null,
    received_on date not null,
    source text not null,
    line_key bytea not null,
    statement_id bigint,
    payer_name text not null,
    payer_account text not null,
    reference text not null,
    remittance text not null,
    state text not null,
    because text not null,
    recorded_at bigint not null,
    primary key (book_id, payment_id)
);
create unique index payment_line on payment (book_id, line_key);
create index payment_waiting on payment (book_id, debtor_id) where state = 'queued' and debtor_id is not null;
create index payment_queue on payment (book_id, payment_id) where state = 'queued';
-- @clustered
create table posting (
    book_id bigint not null,
    debtor_id bigint not null,
    entry_id bigint not null,
    line bigint not null,
    kind text not null,
    posted_on date not null,
    account text not null,
    receivable_id bigint,
    payment_id bigint,
    currency text not null,
    amount_minor bigint not null,
    primary key (book_id, debtor_id, entry_id, line)
);

-- What happens next.
-- @clustered
create table dunning_case (
    book_id bigint not null,
    debtor_id bigint not null,
    currency text not null,
    case_id bigint not null,
    cycle bigint not null,
    anchor_on date,
    steps_done bigint not null,
    last_notice_on date,
    next_event_on date,
    waiting text,
    primary key (book_id, debtor_id, currency),
    foreign key (book_id, debtor_id) references debtor (book_id, debtor_id)
);
create index dunning_case_next on dunning_case (book_id, next_event_on, debtor_id) where next_event_on is not null;
-- @clustered
create table notice (
    book_id bigint not null,
    debtor_id bigint not null,
    notice_id bigint not null,
    intent_key text not null,
    case_id bigint not null,
    currency text not null,
    kind text not null,
    step bigint not null,
    cycle bigint not null,
    channel text not null,
    contact_point_id bigint not null,
    items text not null,
    total_minor bigint not null,
    decided_on date not null,
    send_at bigint not null,
    state text not null,
    because text,
    attempts bigint not null,
    leased_until bigint,
    sent_at bigint,
    journal_seq bigint not null,
    primary key (book_id, debtor_id, notice_id),
    foreign key (book_id, debtor_id) references debtor (book_id, debtor_id)
);
create unique index notice_intent on notice (book_id, intent_key);
create index notice_pending on notice (book_id, send_at, debtor_id, notice_id) where state = 'pending';
create index notice_sending on notice (book_id, leased_until, debtor_id, notice_id) where state = 'sending';
create table daily_run (
    book_id bigint not null references book (book_id),
    run_id bigint not null,
    as_of_on date not null,
    started_at bigint not null,
    finished_at bigint,
    summary text not null,
    primary key (book_id, run_id)
);

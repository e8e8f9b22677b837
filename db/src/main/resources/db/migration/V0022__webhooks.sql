-- Who is told of events by HTTP, and what is under way to them (ADR 0025). Instants of deliveries are machine time, never the store's: leases and
-- pauses between attempts must not move with the test clock.

alter table domain_key drop constraint domain_key_purpose_check;
alter table domain_key add constraint domain_key_purpose_check
    check (purpose in ('material', 'binding', 'credential', 'token', 'log-signing', 'webhook'));

create table webhook (
    webhook_id    uuid        primary key,
    url           text        not null,
    description   text        not null default '',
    -- What it is told of; empty and null restrict nothing. Fixed, so that what was read once need not be read again.
    types         text[]      not null,
    key_ids       uuid[]      not null,
    tag_key       text,
    tag_value     text,
    from_instant  timestamptz,
    -- Whether the events of one subject arrive one after the other.
    ordered       boolean     not null,
    status        text        not null check (status in ('active', 'paused', 'disabled', 'deleted')),
    -- Why it is not active, as far as the service itself decided that.
    status_reason text        not null default '',
    -- Up to where the feed was looked through for it.
    log_index     bigint      not null check (log_index >= -1),
    part          smallint    not null check (part between 0 and 999),
    created_at    timestamptz not null,
    created_by    text        not null,
    check ((tag_key is null) = (tag_value is null))
);

-- What its messages are signed with, wrapped under the domain key 'webhook' of the given number. Two while one takes the other's place.
create table webhook_secret (
    webhook_id        uuid        not null references webhook (webhook_id) on delete cascade,
    secret_number     integer     not null check (secret_number > 0),
    domain_key_number integer     not null,
    iv                bytea       not null,
    wrapped           bytea       not null,
    created_at        timestamptz not null,
    -- Machine time; null for the newest.
    expires_at        timestamptz,
    primary key (webhook_id, secret_number)
);

-- An event on its way to a webhook. 'queued' waits for an earlier one of its subject; 'ready' is sent when due_at has come; 'dead' was given up.
create table webhook_delivery (
    webhook_id       uuid        not null references webhook (webhook_id),
    log_index        bigint      not null,
    part             smallint    not null,
    event_identifier text        not null,
    subject          text        collate "C" not null,
    type             text        collate "C" not null,
    state            text        not null check (state in ('queued', 'ready', 'dead', 'delivered', 'skipped')),
    -- Claims so far; who reports a result names the claim it had.
    claims           integer     not null default 0,
    -- Attempts since it became ready, or since an operator had it tried again.
    attempts         integer     not null default 0,
    due_at           timestamptz not null,
    -- Until when a node has it; after that anybody may.
    leased_until     timestamptz,
    created_at       timestamptz not null default clock_timestamp(),
    finished_at      timestamptz,
    -- The last attempts: when, how they ended, and nothing of what the receiver said.
    history          jsonb       not null default '[]',
    primary key (webhook_id, log_index, part),
    unique (webhook_id, event_identifier)
);
create index webhook_delivery_due on webhook_delivery (webhook_id, due_at) where state = 'ready';
create index webhook_delivery_open on webhook_delivery (webhook_id, subject, log_index, part)
    where state in ('queued', 'ready', 'dead');
create index webhook_delivery_dead on webhook_delivery (webhook_id, log_index, part) where state = 'dead';
create index webhook_delivery_finished on webhook_delivery (finished_at) where finished_at is not null;

-- Rows come and go; what is left behind must be cleared before it slows the claims.
alter table webhook_delivery set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, fillfactor = 80);

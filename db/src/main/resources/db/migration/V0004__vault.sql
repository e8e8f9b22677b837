-- Secrets, each wrapped; mutable on purpose, because destroying a secret means deleting its row. Layouts: ADR 0003, 0005 and 0006.

-- One row per root key generation; the check value proves at start that the configured root key is the right one.
create table root_generation (
    generation  integer     primary key check (generation > 0),
    provider    text        not null,
    check_iv    bytea       not null,
    check_value bytea       not null,
    created_at  timestamptz not null
);

-- Domain keys: 32 random bytes wrapped by the root key. key_number is the root generation for 'material' and 'credential',
-- the day since 1970 for 'token', 1 for 'binding'. A dropped token key leaves its row without the wrapped bytes: its tokens are
-- expired, not unknown.
create table domain_key (
    purpose         text        not null check (purpose in ('material', 'binding', 'credential', 'token')),
    key_number      integer     not null,
    root_generation integer     not null references root_generation (generation),
    iv              bytea,
    wrapped         bytea,
    created_at      timestamptz not null,
    dropped_at      timestamptz,
    primary key (purpose, key_number),
    check ((dropped_at is null) = (wrapped is not null) and (iv is null) = (wrapped is null))
);

create table key_material (
    key_id          uuid        not null,
    version_id      uuid        not null,
    root_generation integer     not null references root_generation (generation),
    iv              bytea       not null,
    wrapped         bytea       not null,
    created_at      timestamptz not null,
    primary key (key_id, version_id)
);

create table key_binding (
    key_id         uuid        primary key,
    binding_number integer     not null,
    iv             bytea       not null,
    wrapped        bytea       not null,
    created_at     timestamptz not null
);

create table import_session (
    token_id        uuid        primary key,
    key_id          uuid        not null,
    token_day       integer     not null,
    iv              bytea       not null,
    wrapped_private bytea       not null,
    expires_at      timestamptz not null,
    failures        integer     not null default 0 check (failures between 0 and 16)
);
create index import_session_key on import_session (key_id);
create index import_session_expiry on import_session (expires_at);

create table access_key (
    access_key_id     text        primary key,
    principal         text        not null,
    status            text        not null check (status in ('Active', 'Inactive')),
    bootstrap         boolean     not null default false,
    credential_number integer     not null,
    iv                bytea       not null,
    wrapped_secret    bytea       not null,
    created_at        timestamptz not null,
    created_by        text        not null
);
create unique index access_key_one_bootstrap on access_key ((true)) where bootstrap;

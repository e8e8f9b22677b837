-- Read models written in the event's own transaction: what the vendor's API answers is never stale. All can be rebuilt from domain_event.

create table key_state (
    key_id                          uuid        primary key,
    version                         bigint      not null,
    state                           text        not null
        check (state in ('PendingImport', 'Enabled', 'Disabled', 'PendingDeletion')),
    origin                          text        not null,
    key_spec                        text        not null,
    key_usage                       text        not null,
    protection_level                text        not null,
    description                     text        not null,
    creator                         text        not null,
    created_at                      timestamptz not null,
    primary_version                 uuid,
    material_version                uuid,
    expires_at                      timestamptz,
    delete_at                       timestamptz,
    deletion_protection             boolean     not null,
    deletion_protection_description text        not null
);
create index key_state_listing on key_state (created_at, key_id);
create index key_state_expiry on key_state (expires_at) where expires_at is not null;
create index key_state_deletion on key_state (delete_at) where delete_at is not null;

-- The state a key is in at an instant: material past its expiry is gone, whether or not anyone has recorded it yet.
create function effective_state(state text, expires_at timestamptz, at timestamptz) returns text
    language sql immutable
    as $$ select case when state in ('Enabled', 'Disabled') and expires_at <= at then 'PendingImport' else state end $$;

create table key_version (
    version_id uuid        primary key,
    key_id     uuid        not null,
    created_at timestamptz not null
);
create index key_version_key on key_version (key_id, created_at);

create table alias (
    alias_name text        primary key,
    key_id     uuid        not null,
    version    bigint      not null
);
create index alias_key on alias (key_id, alias_name);

create table key_tag (
    key_id    uuid not null,
    tag_key   text not null,
    tag_value text not null,
    primary key (key_id, tag_key)
);
create index key_tag_lookup on key_tag (tag_key, tag_value);

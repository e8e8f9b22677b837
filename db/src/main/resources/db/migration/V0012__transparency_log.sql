-- The audit log as a transparency log (ADR 0014, 0016): its name, its full tiles and the checkpoints it signed.

alter table domain_key drop constraint domain_key_purpose_check;
alter table domain_key add constraint domain_key_purpose_check
    check (purpose in ('material', 'binding', 'credential', 'token', 'log-signing'));

-- The name of the log and the key it signs with, fixed by the first start of this version. The public half is what readers know the log by;
-- the seed of the private half is wrapped under the domain key 'log-signing' of the given number.
create table log_identity (
    singleton         boolean     primary key default true check (singleton),
    origin            text        not null,
    public_key        bytea       not null check (length(public_key) = 32),
    domain_key_number integer     not null,
    iv                bytea       not null,
    wrapped_seed      bytea       not null,
    created_at        timestamptz not null
);

-- Full tiles: 256 hashes each, 32 bytes a hash. Written with the checkpoint that first covers them and never changed.
create table log_tile (
    level      smallint not null check (level between 0 and 7),
    tile_index bigint   not null check (tile_index >= 0),
    hashes     bytea    not null check (length(hashes) = 8192),
    primary key (level, tile_index)
);
-- Hashes do not compress; trying to would cost more than the rest of the row.
alter table log_tile alter column hashes set storage external;

-- Checkpoints as they were signed. One of a size at most; the epoch is that of the sequencer who signed it.
create table log_checkpoint (
    size    bigint      primary key check (size > 0),
    head    bytea       not null check (length(head) = 32),
    note    text        not null,
    epoch   bigint      not null,
    made_at timestamptz not null
);

-- Up to which checkpoint each kind of anchor outside the database was reached. A memory for going on, not evidence.
create table log_anchor (
    anchor      text        primary key check (anchor in ('file', 'http')),
    size        bigint      not null check (size > 0),
    anchored_at timestamptz not null
);

-- The dense order of the audit log (ADR 0015): which record has which number, 0, 1, 2 … without gaps, for ever. Append-only like the
-- records themselves, whose instant is kept because it leads to their partition.
create table audit_index (
    log_index   bigint      primary key check (log_index >= 0),
    record_id   bigint      not null unique,
    recorded_at timestamptz not null
);

-- How far the order goes: the next number to give, and the record up to which every record has one. Whoever gives numbers raises the epoch
-- first, and nobody of an earlier epoch gives any more.
create table sequencer (
    singleton      boolean primary key default true check (singleton),
    epoch          bigint  not null default 0,
    next_index     bigint  not null default 0,
    last_record_id bigint  not null default 0
);
insert into sequencer default values;

-- Records are taken by their number and by nothing else: their instants are store time, which goes back when the server's clock does, and
-- a range of instants would then pass over records in silence. The key of the table is an index by number if the number comes first, and
-- every writer has one index less to keep.
alter table audit_record drop constraint audit_record_pkey;
alter table audit_record add primary key (record_id, recorded_at);

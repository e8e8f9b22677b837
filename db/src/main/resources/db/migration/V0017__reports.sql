-- Reports follow the audit log in the order of its places (ADR 0021). What a report writes and its row here commit together, so every record
-- counts once.
create table report (
    name        text    collate "C" primary key,
    version     integer not null check (version > 0),
    -- The tables as the report describes them; null for the service's own, which migrations make.
    layout      text,
    -- Every record below this place was digested or parked.
    next_index  bigint  not null default 0 check (next_index >= 0),
    -- The first place that was there when the report last began, and the instant of the last record it was told.
    first_index bigint,
    read_to     timestamptz,
    -- Places of parked records up to which they were tried again; null if nobody asks for that.
    retry_from  bigint,
    rebuild     boolean not null default false
);

-- Records that a report could not digest, and those of the same keys that came after them and wait.
create table report_parked (
    report    text        collate "C" not null references report on delete cascade,
    log_index bigint      not null,
    key_ids   uuid[]      not null,
    -- What kept it from being digested; null for one that waits.
    reason    text,
    parked_at timestamptz not null default keyledger_now(),
    primary key (report, log_index)
);

-- How often each key was named by records of the log: by day (UTC, store time), principal (empty for nobody), action and outcome.
create table key_use_day (
    key_id    uuid   not null,
    day       date   not null,
    principal text   collate "C" not null,
    action    text   collate "C" not null,
    outcome   text   collate "C" not null,
    uses      bigint not null check (uses > 0),
    primary key (key_id, day, principal, action, outcome)
);

insert into report (name, version) values ('key-uses', 1);

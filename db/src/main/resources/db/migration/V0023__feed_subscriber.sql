-- Who is told of every event, one node at a time (ADR 0026): handlers of extensions, and the broker. What they were told is remembered here, so that any
-- node goes on where another one stopped.
create table feed_subscriber (
    name        text        collate "C" primary key check (name ~ '^[a-z][a-z0-9]{0,23}$'),
    kind        text        not null check (kind in ('handler', 'broker')),
    -- Store time.
    begun_at    timestamptz not null,
    -- The last event that was passed on or parked, with all before it; -1 before the first.
    log_index   bigint      not null check (log_index >= -1),
    part        smallint    not null check (part between 0 and 999),
    -- The node that tells it, and until when nobody else does: machine time of the database. A node that was given up moves nothing any more,
    -- because its successor has another epoch.
    epoch       bigint      not null default 0,
    owner       text,
    owned_until timestamptz,
    -- What kept the node from passing on the next event, and since when by store time; null while nothing does.
    trouble     text        check (length(trouble) <= 256),
    troubled_at timestamptz,
    check ((trouble is null) = (troubled_at is null))
) with (fillfactor = 50);

-- Events that a subscriber refused, and those of the same subjects that came after them and wait.
create table feed_dead_letter (
    subscriber text        collate "C" not null references feed_subscriber on delete cascade,
    log_index  bigint      not null,
    part       smallint    not null,
    subject    text        collate "C" not null,
    -- Null while it waits to be tried: for an earlier one of its subject, or because somebody asked for it.
    reason     text        check (length(reason) <= 256),
    attempts   integer     not null default 0,
    parked_at  timestamptz not null,
    primary key (subscriber, log_index, part)
);
create index feed_dead_letter_subject on feed_dead_letter (subscriber, subject);
create index feed_dead_letter_refused on feed_dead_letter (subscriber, subject) where reason is not null;

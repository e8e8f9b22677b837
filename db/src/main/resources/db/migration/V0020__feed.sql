-- Which events have which place in the order of the log (ADR 0023): what others are told of, without the uses of keys between them. Written with
-- the places themselves, in their transaction, and append-only like them. An event's place is that of its record and its number in it.
create table feed_event (
    log_index        bigint      not null,
    part             smallint    not null check (part between 0 and 999),
    event_identifier text        not null unique,
    subject          text        collate "C" not null,
    type             text        collate "C" not null,
    -- The keys that the record touches: for an alias, what it names and named.
    key_ids          uuid[]      not null,
    -- Store time, as the event itself says.
    occurred_at      timestamptz not null,
    primary key (log_index, part)
);
create index feed_event_key on feed_event using gin (key_ids);

-- The instant that an event says. Numbering must not end at an event that somebody has made unreadable: it gets its record's.
create function event_instant(payload bytea, recorded_at timestamptz) returns timestamptz
    language plpgsql immutable
    as $$
begin
    return coalesce((convert_from(payload, 'UTF8')::json ->> 'at')::timestamptz, recorded_at);
exception when others then
    return recorded_at;
end
$$;

insert into feed_event (log_index, part, event_identifier, subject, type, key_ids, occurred_at)
select i.log_index, c.part - 1, e.event_identifier, e.aggregate_identifier, e.payload_type,
    case when e.aggregate_type = 'key' and e.aggregate_identifier ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        then array[e.aggregate_identifier::uuid] else r.key_ids end,
    event_instant(e.payload, r.recorded_at)
from audit_record r
join audit_index i on i.record_id = r.record_id and i.recorded_at = r.recorded_at
cross join lateral unnest(r.event_ids) with ordinality as c (event_identifier, part)
join domain_event e on e.event_identifier = c.event_identifier
where r.event_ids <> '{}' and c.part <= 1000
order by i.log_index, c.part
on conflict do nothing;

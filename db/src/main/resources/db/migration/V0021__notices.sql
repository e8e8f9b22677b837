-- What lies in the future of each key: the expiry of its material and its destruction (ADR 0024). Rungs of the notice ladder at or before
-- silent_until are settled: they were past when the date was set, or their notice was given, or a nearer one was. The ladder itself is a setting
-- and not in here, so that the rows follow from the events alone.
create table key_notice (
    key_id       uuid        not null,
    kind         text        collate "C" not null check (kind in ('deletion', 'expiry')),
    due_at       timestamptz not null,
    silent_until timestamptz not null,
    primary key (key_id, kind)
);
create index key_notice_due on key_notice (due_at, key_id, kind) include (silent_until);

-- Keys that had a date before there were notices: silent until the date was set, and of rungs that have come since, the nearest gets its notice.
insert into key_notice (key_id, kind, due_at, silent_until)
select s.key_id, 'expiry', s.expires_at, max((said.payload ->> 'at')::timestamptz)
from key_state s
cross join lateral (
    select sequence_number, convert_from(payload, 'UTF8')::jsonb as payload from domain_event
    where aggregate_identifier = s.key_id::text and payload_type = 'keyledger.key.material-imported'
) said
where s.expires_at is not null
  -- The same date may have been set more than once, and the last time is not the latest if the clock stepped back.
  and not exists (
      select from domain_event other
      where other.aggregate_identifier = s.key_id::text
        and other.sequence_number >= said.sequence_number
        and (other.payload_type in ('keyledger.key.material-deleted', 'keyledger.key.material-expired')
            or other.payload_type = 'keyledger.key.material-imported'
                and (convert_from(other.payload, 'UTF8')::jsonb ->> 'expiresAt')::timestamptz is distinct from s.expires_at)
  )
group by s.key_id, s.expires_at;

insert into key_notice (key_id, kind, due_at, silent_until)
select s.key_id, 'deletion', s.delete_at, (convert_from(e.payload, 'UTF8')::jsonb ->> 'at')::timestamptz
from key_state s
cross join lateral (
    select payload from domain_event
    where aggregate_identifier = s.key_id::text and payload_type = 'keyledger.key.deletion-scheduled'
    order by sequence_number desc limit 1
) e
where s.delete_at is not null;

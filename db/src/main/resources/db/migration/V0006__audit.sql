-- One row per request and per act of the system. The columns are the record; its canonical JSON derives from them (ADR 0007).
-- record_id is drawn after the transaction has its id, so that a reader who waits for older transactions misses nothing.

create sequence audit_record_id increment 1 cache 1;

create function next_audit_record_id() returns bigint
    language plpgsql volatile
    as $$
begin
    perform pg_current_xact_id();
    return nextval('audit_record_id');
end
$$;

create table audit_record (
    record_id           bigint      not null default next_audit_record_id(),
    recorded_at         timestamptz not null,
    format              smallint    not null default 1,
    node                text        not null,
    request_id          uuid        not null,
    principal           text,
    access_key_id       text,
    auth_method         text        not null,
    replay_protected    boolean     not null,
    source_ip           text,
    user_agent          text,
    action              text        not null,
    key_ids             uuid[]      not null default '{}',
    key_state_versions  bigint[]    not null default '{}',
    key_version_id      uuid,
    alias_used          text,
    outcome             text        not null check (outcome in ('Success', 'Refused', 'Denied', 'Unauthenticated', 'Malformed', 'Failed')),
    error_code          text,
    reason              text,
    caller_reason       text,
    context             text,
    destination_context text,
    digest              bytea,
    input_size          integer,
    output_size         integer,
    event_ids           text[]      not null default '{}',
    event_digests       bytea[]     not null default '{}',
    policy_id           text,
    weak_material       text,
    unrecoverable_after timestamptz,
    primary key (recorded_at, record_id)
) partition by range (recorded_at);

create table audit_record_default partition of audit_record default;
create index audit_record_request on audit_record (request_id);

-- Nonces are told apart by access key; a replay carries the signed time stamp it was made with, hence the partition key.
-- The hash is the first 16 bytes of SHA-256 over access key id and nonce; signed_hour is the hour of the signed time stamp.
create table request_nonce (
    nonce_hash  bytea       not null,
    signed_hour timestamptz not null,
    accepted_at timestamptz not null default clock_timestamp(),
    primary key (nonce_hash, signed_hour)
) partition by range (signed_hour);

create table request_nonce_default partition of request_nonce default;

-- Makes the partitions of the coming hours and months and drops nonces older than two windows of clock skew.
-- Runs with the owner's rights, so that the service needs none over the schema. Time stamps of a driven clock lie in the default
-- partition, from which they are deleted; a range that the default partition already covers is left to it.
create function maintain_partitions() returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, public
    set lock_timeout = '1s'
    as $$
declare
    first_hour timestamptz := date_trunc('hour', clock_timestamp(), 'UTC');
    store_month timestamptz := date_trunc('month', public.keyledger_now(), 'UTC');
    lower_bound timestamptz;
    upper_bound timestamptz;
    partition_name text;
    old record;
begin
    -- One node at a time; the others need not wait for what is being done.
    if not pg_try_advisory_xact_lock(hashtextextended('keyledger.maintain_partitions', 0)) then
        return;
    end if;

    delete from public.request_nonce_default where accepted_at < clock_timestamp() - interval '2 hours';

    for n in -1..3 loop
        lower_bound := first_hour + n * interval '1 hour';
        partition_name := 'request_nonce_' || to_char(lower_bound at time zone 'UTC', 'YYYYMMDDHH24');
        if to_regclass('public.' || partition_name) is null
            and not exists (select from public.request_nonce_default
                            where signed_hour >= lower_bound and signed_hour < lower_bound + interval '1 hour') then
            execute format('create table public.%I partition of public.request_nonce for values from (%L) to (%L)',
                partition_name, lower_bound, lower_bound + interval '1 hour');
        end if;
    end loop;

    for old in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.request_nonce'::regclass
          and c.relname ~ '^request_nonce_[0-9]{10}$'
          and c.relname < 'request_nonce_' || to_char((first_hour - interval '2 hours') at time zone 'UTC', 'YYYYMMDDHH24')
    loop
        execute format('drop table public.%I', old.relname);
    end loop;

    for n in 0..2 loop
        lower_bound := (store_month at time zone 'UTC' + n * interval '1 month') at time zone 'UTC';
        upper_bound := (store_month at time zone 'UTC' + (n + 1) * interval '1 month') at time zone 'UTC';
        partition_name := 'audit_record_' || to_char(lower_bound at time zone 'UTC', 'YYYYMM');
        if to_regclass('public.' || partition_name) is null
            and not exists (select from public.audit_record_default
                            where recorded_at >= lower_bound and recorded_at < upper_bound) then
            execute format('create table public.%I partition of public.audit_record for values from (%L) to (%L)',
                partition_name, lower_bound, upper_bound);
        end if;
    end loop;
end
$$;
revoke all on function maintain_partitions() from public;

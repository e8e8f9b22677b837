-- Pages of all keys at any depth, and imports in progress.

-- Divides the listing of all keys, which goes by (created_at, key_id), into stretches of known length: keys is how many lie between the mark
-- before (or the beginning) and this one. What lies from the last mark on is not counted; new keys come there, so that creating one writes
-- nothing here. A position is found by adding up marks and walking a part of one stretch. Disposable: no marks, no harm but slowness.
create table key_listing_mark (
    created_at timestamptz not null,
    key_id     uuid        not null,
    keys       bigint      not null check (keys >= 0),
    primary key (created_at, key_id)
);

-- A key that comes or goes within a counted stretch is counted in its own transaction, whatever order clocks and commits had. The lock is
-- shared by all who do; who makes marks waits for them and keeps them out.
create function count_listed_key() returns trigger
    language plpgsql volatile
    as $$
declare
    listed key_state;
    difference integer;
begin
    if tg_op = 'INSERT' then
        listed := new;
        difference := 1;
    else
        listed := old;
        difference := -1;
    end if;
    perform pg_advisory_xact_lock_shared(hashtextextended('keyledger.key_listing', 0));
    update key_listing_mark m set keys = m.keys + difference
    where (m.created_at, m.key_id) = (
        select n.created_at, n.key_id from key_listing_mark n
        where (n.created_at, n.key_id) > (listed.created_at, listed.key_id)
        order by n.created_at, n.key_id limit 1);
    return null;
end
$$;
create trigger key_state_listed after insert or delete on key_state for each row execute function count_listed_key();

-- Makes marks while more than two stretches of keys are not counted, some at a time. Answers whether there may be more to do now.
create function mark_key_listing(stretch integer) returns boolean
    language plpgsql volatile
    set lock_timeout = '250ms'
    as $$
declare
    last record;
    next record;
begin
    for n in 1..20 loop
        select coalesce(max_mark.created_at, '-infinity') as created_at,
            coalesce(max_mark.key_id, '00000000-0000-0000-0000-000000000000') as key_id
        into last
        from (values (1)) as one
        left join lateral (
            select m.created_at, m.key_id from key_listing_mark m order by m.created_at desc, m.key_id desc limit 1) max_mark on true;
        perform from key_state k where (k.created_at, k.key_id) >= (last.created_at, last.key_id)
            order by k.created_at, k.key_id offset 2 * stretch limit 1;
        if not found then
            return false;
        end if;
        if n = 1 then
            perform pg_advisory_xact_lock(hashtextextended('keyledger.key_listing', 0));
        end if;
        select k.created_at, k.key_id into next from key_state k
        where (k.created_at, k.key_id) >= (last.created_at, last.key_id)
        order by k.created_at, k.key_id offset stretch limit 1;
        -- Somebody else may have made marks, or keys may have gone, before the lock was had.
        if not found or exists (
            select from key_listing_mark m where (m.created_at, m.key_id) > (last.created_at, last.key_id)) then
            return true;
        end if;
        insert into key_listing_mark (created_at, key_id, keys) values (next.created_at, next.key_id, stretch);
    end loop;
    return true;
exception
    -- Those who count themselves did not end in time; a later turn does it.
    when lock_not_available then return false;
end
$$;

-- The keys that are there already: a mark for each five thousand, the last stretch left open.
insert into key_listing_mark (created_at, key_id, keys)
select created_at, key_id, 5000
from (select created_at, key_id, row_number() over (order by created_at, key_id) - 1 as position, count(*) over () as total from key_state) k
where position > 0 and position % 5000 = 0 and position + 5000 < total;

-- An import counts its failure before it tries. How many of the counted failures are of imports still in progress, on whatever node, and
-- when the last of those began: one that began long ago has ended without a word.
alter table import_session
    add column in_progress smallint not null default 0 check (in_progress >= 0),
    add column attempted_at timestamptz;

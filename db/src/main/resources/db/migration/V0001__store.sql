-- Who this store is and what time it has. Both are fixed by the first start.

create table store_identity (
    singleton    boolean     primary key default true check (singleton),
    store_id     uuid        not null,
    region       text        not null,
    account_id   text        not null,
    event_source text        not null,
    test_clock   boolean     not null,
    created_at   timestamptz not null
);

-- The offset is zero for ever unless the store was made with the test clock.
create table store_clock (
    singleton boolean  primary key default true check (singleton),
    "offset"  interval not null default interval '0' check ("offset" >= interval '0')
);
insert into store_clock default values;

-- Store time: what decides expiry, deletion and token validity, on every node alike.
-- clock_timestamp() and not now(): a transaction that waited for a lock must see the present, not its own beginning.
create function keyledger_now() returns timestamptz
    language sql volatile
    as $$ select date_trunc('milliseconds', clock_timestamp() + (select "offset" from store_clock)) $$;

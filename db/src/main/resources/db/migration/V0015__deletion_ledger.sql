-- Destructions that were announced to the deletion ledger outside the database and happened, and are not confirmed there yet (ADR 0019). Written in
-- the transaction of the destruction, taken away once the ledger has the entry with its place in the log.
create table deletion_unconfirmed (
    event_id     text        primary key,
    key_id       uuid        not null,
    happened_at  timestamptz not null,
    announcement bytea       not null
);

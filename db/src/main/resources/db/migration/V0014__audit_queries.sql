-- What the audit log is asked by (ADR 0017): the records of one key and of one principal, in the order of the log, which is that of record
-- ids. Each index costs every writer, so there is one only where a page would otherwise be looked for in the whole log.

-- Nearly every record has one key or none; ReEncrypt has two, and tagging many keys at once has more.
create index audit_record_key on audit_record ((key_ids[1]), record_id) where key_ids[1] is not null;
create index audit_record_second_key on audit_record ((key_ids[2]), record_id) where key_ids[2] is not null;
create index audit_record_more_keys on audit_record using gin (key_ids) where cardinality(key_ids) > 2;
create index audit_record_principal on audit_record (principal, record_id) where principal is not null;

-- Between which instants the records of each full stretch of the log lie. Instants mostly grow along the log, but a clock may have been put
-- back; so a range of instants is looked for in exactly the stretches that can hold it. Disposable, and right at every moment: stretches
-- that are not here yet can hold anything.
create table audit_stretch (
    first_index bigint      primary key check (first_index >= 0),
    earliest    timestamptz not null,
    latest      timestamptz not null
);

-- Run by the schema's owner at every start, when the service has a role of its own: the service may add facts and never change them.
grant usage on schema public to ${service_role};
grant select, insert, update, delete on all tables in schema public to ${service_role};
grant usage, select on all sequences in schema public to ${service_role};
revoke update, delete, truncate on domain_event, audit_record, audit_index, feed_event from ${service_role};
revoke update, delete, truncate on log_identity, log_tile, log_checkpoint from ${service_role};
revoke insert, delete, truncate on sequencer from ${service_role};
revoke insert, delete, truncate on report from ${service_role};
revoke update, truncate on report_parked from ${service_role};
revoke delete, truncate on feed_subscriber from ${service_role};
revoke truncate on feed_dead_letter from ${service_role};
-- Made anew from the log, in one transaction with the report's position.
grant truncate on key_use_day to ${service_role};
-- Rows reach a partition through its parent, whose rights then count; a partition itself is nobody's business.
do $$
declare
    partition record;
begin
    for partition in
        select inhrelid::regclass as name from pg_inherits
        where inhparent in ('public.audit_record'::regclass, 'public.request_nonce'::regclass)
    loop
        execute format('revoke all on %s from ${service_role}', partition.name);
    end loop;
end
$$;
revoke insert, update, delete on flyway_schema_history from ${service_role};
grant execute on function maintain_partitions() to ${service_role};

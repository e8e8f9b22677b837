-- Ends a transaction whose decision holds only before an instant, once that instant has come: as a conflict, so that it is decided anew. A
-- statement of its own after those that lock what was decided about; whoever saw the instant come has then waited, or is seen (ADR 0009).
create function require_before(limit_at timestamptz) returns void
    language plpgsql volatile
    as $$
begin
    if keyledger_now() >= limit_at then
        raise exception 'decided before %, and it is later now', limit_at using errcode = 'serialization_failure';
    end if;
end
$$;

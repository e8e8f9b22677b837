package dev.keyledger.projection.sequencer;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What everybody may ask about the order of the audit log. */
@Component
public class AuditIndex {

    private final JdbcClient jdbc;

    AuditIndex(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** How far the order goes, as committed. */
    public IndexHead head() {
        return jdbc.sql("select next_index, last_record_id from sequencer")
                .query((row, number) -> new IndexHead(row.getLong(1), row.getLong(2)))
                .single();
    }

    /** Age in seconds, in store time, of the oldest committed record without a number; 0 if there is none. */
    public double lagSeconds() {
        return jdbc.sql("""
                        select coalesce((
                            select greatest(0, extract(epoch from keyledger_now() - recorded_at)) from audit_record
                            where record_id > (select last_record_id from sequencer)
                            order by record_id limit 1), 0)::float8
                        """).query(Double.class).single();
    }
}

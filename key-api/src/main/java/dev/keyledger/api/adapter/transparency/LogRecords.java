package dev.keyledger.api.adapter.transparency;

import dev.keyledger.api.adapter.journal.AuditRecordReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The entries of the log: audit records by their place, as the canonical bytes in which they are proved (ADR 0007). Thread-safe. */
@Component
class LogRecords {

    /** Records of one query: a tile's. The longest possible ones take 16 megabytes. */
    static final int PAGE = 256;

    private final JdbcClient jdbc;

    LogRecords(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The records from one place on.
     *
     * @param from place of the first
     * @param count how many, at most {@value #PAGE}
     * @return exactly as many
     * @throws BrokenLogException if a place has no record, or one that has no canonical form
     */
    List<byte[]> read(long from, int count) {
        // One look-up for each place: a plan for any range would rather read the whole log.
        List<byte[]> records = jdbc.sql("""
                        select i.log_index, r.*
                        from audit_index i
                        left join lateral (
                            select * from audit_record a where a.recorded_at = i.recorded_at and a.record_id = i.record_id offset 0) r on true
                        where i.log_index >= :from and i.log_index < :to order by i.log_index
                        """)
                .param("from", from)
                .param("to", from + count)
                .query((row, number) -> entry(row, from + number))
                .list();
        if (records.size() != count) {
            throw new BrokenLogException("record " + (from + records.size()) + " has no place in the log any more");
        }
        return records;
    }

    private static byte[] entry(ResultSet row, long place) throws SQLException {
        if (row.getLong("log_index") != place) {
            throw new BrokenLogException("record " + place + " has no place in the log any more");
        }
        if (row.getObject("record_id") == null) {
            throw new BrokenLogException("record " + place + " is missing");
        }
        try {
            return AuditRecordReader.form(row).canonical();
        } catch (RuntimeException malformed) {
            // Its message may quote the record.
            throw new BrokenLogException("record " + place + " has no canonical form: "
                    + malformed.getClass().getSimpleName());
        }
    }
}

package dev.keyledger.projection.report;

import dev.keyledger.projection.SqlTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What operators see of reports and ask of them. What they ask is done by whoever has the report's next turn. */
@Component
public class Reports {

    private static final String SELECT = """
            select name, version, first_index, next_index, read_to, retry_from is not null as retrying, rebuild,
                greatest(0, (select next_index from sequencer) - next_index) as lag,
                (select count(*) from report_parked where report = name) as parked
            from report\s""";

    private final JdbcClient jdbc;

    Reports(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A report.
     *
     * @param firstIndex the first place in the log that it was told; null before the first
     * @param nextIndex the place of the next record that it is told
     * @param readTo instant of the last one; null before the first
     * @param lag records with a place that it was not told yet
     * @param parked records that could not be digested, and those that wait for them
     * @param retrying whether parked records are about to be tried again
     * @param rebuilding whether it is about to begin again
     */
    public record Status(
            String name,
            int version,
            @Nullable Long firstIndex,
            long nextIndex,
            @Nullable Instant readTo,
            long lag,
            long parked,
            boolean retrying,
            boolean rebuilding) {

        /** Whether so many records are parked that it is told nothing more. */
        public boolean standing() {
            return parked >= ReportTurn.MOST_PARKED;
        }
    }

    /**
     * A parked record.
     *
     * @param reason null if it waits for an earlier one of its keys
     * @param parkedAt store time
     */
    public record Parked(
            long logIndex, List<UUID> keyIds, @Nullable String reason, Instant parkedAt) {}

    /** All reports, by name. */
    public List<Status> all() {
        return jdbc.sql(SELECT + "order by name")
                .query((row, number) -> new Status(
                        row.getString("name"),
                        row.getInt("version"),
                        row.getObject("first_index", Long.class),
                        row.getLong("next_index"),
                        SqlTime.readNullable(row, "read_to"),
                        row.getLong("lag"),
                        row.getLong("parked"),
                        row.getBoolean("retrying"),
                        row.getBoolean("rebuild")))
                .list();
    }

    /** One report. */
    public Optional<Status> named(String name) {
        return all().stream().filter(report -> report.name().equals(name)).findFirst();
    }

    /** Parked records of a report from a place on. */
    public List<Parked> parked(String report, long from, int limit) {
        return jdbc.sql("""
                        select log_index, key_ids, reason, parked_at from report_parked
                        where report = :report and log_index >= :from order by log_index limit
                        """ + limit)
                .param("report", report)
                .param("from", from)
                .query((row, number) -> new Parked(
                        row.getLong("log_index"),
                        Arrays.stream((Object[]) row.getArray("key_ids").getArray())
                                .map(UUID.class::cast)
                                .toList(),
                        row.getString("reason"),
                        SqlTime.read(row, "parked_at")))
                .list();
    }

    /** Has everything that is parked tried again, in order; answers how much that is. */
    public long retry(String report) {
        jdbc.sql(
                        "update report set retry_from = 0 where name = :report and exists (select from report_parked where report = :report)")
                .param("report", report)
                .update();
        return jdbc.sql("select count(*) from report_parked where report = :report")
                .param("report", report)
                .query(Long.class)
                .single();
    }

    /** Has a report begin again at the first record there is. */
    public void rebuild(String report) {
        jdbc.sql("update report set rebuild = true where name = :report")
                .param("report", report)
                .update();
    }

    /** Takes a parked record out: the report will never count it. Answers whether it was there. */
    public boolean evict(String report, long logIndex) {
        return jdbc.sql("delete from report_parked where report = :report and log_index = :index")
                        .param("report", report)
                        .param("index", logIndex)
                        .update()
                == 1;
    }
}

package dev.keyledger.bench.fill;

import dev.keyledger.api.adapter.ledger.EventDigests;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What one transaction wrote, table by table. A row counts for the transaction that wrote its present version. */
final class WrittenRows {

    /** Values that differ from one request to the next, by form: identifiers, random bytes and instants. */
    private static final List<Map.Entry<String, String>> VARIABLE = List.of(
            Map.entry("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>"),
            Map.entry("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z", "<instant>"),
            Map.entry("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?[+-]\\d\\d:\\d\\d", "<timestamptz>"));

    private static final String TABLES = """
            select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
            order by c.relname
            """;

    private WrittenRows() {}

    /** The transaction that wrote the audit record of the latest success of an action that touched a key. */
    static String transactionOf(JdbcClient sql, String action, String keyId) {
        return sql.sql("""
                        select xmin::text from audit_record
                        where action = :action and outcome = 'Success' and :key::uuid = any (key_ids)
                        order by record_id desc limit 1
                        """)
                .param("action", action)
                .param("key", keyId)
                .query(String.class)
                .single();
    }

    /** How many rows of each table; tables with none are left out. */
    static Map<String, Long> counts(JdbcClient sql, String transaction) {
        Map<String, Long> counts = new TreeMap<>();
        for (String table : sql.sql(TABLES).query(String.class).list()) {
            long count = sql.sql("select count(*) from " + table + " where xmin::text = :xmin")
                    .param("xmin", transaction)
                    .query(Long.class)
                    .single();
            if (count > 0) {
                counts.put(table, count);
            }
        }
        return counts;
    }

    /** All rows as JSON, with what differs from one request to the next replaced by its form. */
    static Map<String, List<String>> normalised(JdbcClient sql, String transaction) {
        Map<String, List<String>> rows = new TreeMap<>();
        counts(sql, transaction)
                .forEach((table, count) -> rows.put(
                        table,
                        sql
                                .sql("select (to_jsonb(t) - 'global_index' - 'record_id')::text from " + table
                                        + " t where xmin::text = :xmin")
                                .param("xmin", transaction)
                                .query(String.class)
                                .list()
                                .stream()
                                .map(WrittenRows::normalised)
                                .sorted()
                                .toList()));
        return rows;
    }

    /** Rows of two transactions; a row that both wrote is there once, as the second left it. */
    static Map<String, List<String>> together(Map<String, List<String>> first, Map<String, List<String>> second) {
        Map<String, List<String>> both = new TreeMap<>();
        first.forEach((table, rows) -> both.put(table, new ArrayList<>(rows)));
        second.forEach((table, rows) ->
                both.computeIfAbsent(table, name -> new ArrayList<>()).addAll(rows));
        both.values().forEach(Collections::sort);
        return both;
    }

    /** Whether the audit records of a key's events hold the digests of these events' rows. */
    static boolean eventsMatchTheirRecords(JdbcClient sql, String keyId) {
        List<String> rows = sql.sql("select * from domain_event where aggregate_identifier = :key")
                .param("key", keyId)
                .query((row, number) -> row.getString("event_identifier") + " "
                        + HexFormat.of()
                                .formatHex(EventDigests.of(
                                        utf8(row.getString("event_identifier")),
                                        utf8(row.getString("aggregate_type")),
                                        utf8(row.getString("aggregate_identifier")),
                                        utf8(row.getString("sequence_number")),
                                        utf8(row.getString("payload_type")),
                                        utf8(row.getString("payload_revision")),
                                        row.getBytes("payload"),
                                        row.getBytes("meta_data"))))
                .list();
        List<String> records =
                sql.sql("""
                        select event_ids[1] || ' ' || encode(event_digests[1], 'hex') from audit_record
                        where :key::uuid = any (key_ids) and cardinality(event_ids) = 1
                        """).param("key", keyId).query(String.class).list();
        return !rows.isEmpty() && Set.copyOf(rows).equals(Set.copyOf(records));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String normalised(String row) {
        String text = readable(row);
        for (Map.Entry<String, String> each : VARIABLE) {
            text = text.replaceAll(each.getKey(), each.getValue());
        }
        return text;
    }

    /** The encoding of one RSA private key is some bytes longer than that of another. */
    private static String length(byte[] bytes) {
        return bytes.length < 1000 ? Integer.toString(bytes.length) : "about " + bytes.length / 100 * 100;
    }

    /** Bytes that hold JSON are shown as such, others by their length. */
    private static String readable(String row) {
        return Pattern.compile("\\\\\\\\x([0-9a-f]*)").matcher(row).replaceAll(found -> {
            byte[] bytes = HexFormat.of().parseHex(found.group(1));
            boolean json = bytes.length > 0 && bytes[0] == '{';
            return Matcher.quoteReplacement(
                    json ? new String(bytes, StandardCharsets.UTF_8) : "<" + length(bytes) + " bytes>");
        });
    }
}

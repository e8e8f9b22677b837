package dev.keyledger.projection.auditlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.evidence.CanonicalJson;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.ViewFixture;
import dev.keyledger.projection.auditlog.AuditLog.Entry;
import dev.keyledger.projection.auditlog.AuditLog.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found in the log, against a list of the same records in memory; with windows and stretches of a few records. */
class AuditLogTest {

    private static final long SEED = 7;
    private static final int RECORDS = 400;
    private static final int WINDOW = 8;
    private static final int STRETCH = 16;
    private static final Instant BEGINNING = Instant.parse("2026-01-20T00:00:00Z");

    private static final List<KeyId> KEYS =
            Stream.generate(UUID::randomUUID).limit(5).map(KeyId::of).toList();

    private static ViewFixture store;
    private static List<Row> rows;
    private static AuditLog log;
    private static TimeStretches stretches;

    /** One record as far as it can be asked for. */
    private record Row(
            long logIndex,
            Instant time,
            List<KeyId> keys,
            @Nullable String alias,
            @Nullable String principal,
            String action,
            String outcome,
            String source,
            UUID request,
            @Nullable Map<String, String> context,
            @Nullable Map<String, String> destination) {

        boolean meets(RecordFilter filter) {
            return (filter.from() == null || !time.isBefore(filter.from()))
                    && (filter.to() == null || time.isBefore(filter.to()))
                    && (filter.key() == null || keys.contains(filter.key()))
                    && (filter.alias() == null || filter.alias().equals(alias))
                    && (filter.principal() == null || filter.principal().equals(principal))
                    && (filter.action() == null || filter.action().equals(action))
                    && (filter.outcome() == null || filter.outcome().equals(outcome))
                    && (filter.source() == null || filter.source().equals(source))
                    && (filter.requestId() == null || filter.requestId().equals(request))
                    && (filter.contextKey() == null || has(context, filter) || has(destination, filter));
        }

        private static boolean has(@Nullable Map<String, String> pairs, RecordFilter filter) {
            return pairs != null
                    && pairs.containsKey(filter.contextKey())
                    && (filter.contextValue() == null || filter.contextValue().equals(pairs.get(filter.contextKey())));
        }
    }

    @BeforeAll
    static void fill() {
        store = new ViewFixture();
        stretches = new TimeStretches(store.jdbc(), STRETCH);
        log = new AuditLog(store.jdbc(), stretches);
        rows = rows(new Random(SEED));
        // Record ids have gaps, and their order alone is that of the log.
        rows.forEach(row -> insert(row, 10 + row.logIndex() * 3));
        // Committed, and without a place: nobody is told of it.
        insert(
                new Row(
                        -1,
                        BEGINNING,
                        KEYS,
                        "alias/a",
                        "p0",
                        "Encrypt",
                        "Success",
                        "192.0.2.1",
                        UUID.randomUUID(),
                        null,
                        null),
                1_000_000);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    private static List<Row> rows(Random random) {
        List<Row> made = new ArrayList<>();
        Instant time = BEGINNING;
        for (int i = 0; i < RECORDS; i++) {
            // Mostly forward, sometimes by days into another partition, and now and then the clock is put back.
            time = random.nextInt(40) == 0
                    ? time.minus(Duration.ofHours(random.nextInt(60)))
                    : time.plusMillis(random.nextInt(30) == 0 ? 86_400_000L * random.nextInt(6) : random.nextInt(100));
            List<KeyId> keys = new ArrayList<>(KEYS);
            Collections.shuffle(keys, random);
            Map<String, String> pair = Map.of("name " + random.nextInt(2), "\"value\\ " + random.nextInt(2));
            made.add(new Row(
                    i,
                    time,
                    keys.subList(0, Math.max(0, random.nextInt(6) - 1)),
                    random.nextBoolean() ? "alias/" + random.nextInt(3) : null,
                    random.nextInt(5) == 0 ? null : "p" + random.nextInt(3),
                    random.nextBoolean() ? "Encrypt" : "Decrypt",
                    random.nextBoolean() ? "Success" : "Refused",
                    "192.0.2." + random.nextInt(3),
                    new UUID(0, i / 2),
                    random.nextBoolean() ? pair : null,
                    random.nextInt(4) == 0 ? pair : null));
        }
        return made;
    }

    private static void insert(Row row, long recordId) {
        store.jdbc()
                .sql("""
                        insert into audit_record (record_id, recorded_at, node, request_id, principal, auth_method, replay_protected, source_ip,
                            action, key_ids, key_state_versions, alias_used, outcome, context, destination_context)
                        values (:id, :at, 'n', :request, :principal, 'basic', false, :source, :action, :keys, :versions, :alias, :outcome,
                            :context, :destination)
                        """)
                .param("id", recordId)
                .param("at", SqlTime.of(row.time()))
                .param("request", row.request())
                .param("principal", row.principal())
                .param("source", row.source())
                .param("action", row.action())
                .param("keys", row.keys().stream().map(KeyId::asUuid).toArray(UUID[]::new))
                .param("versions", row.keys().stream().map(key -> 0L).toArray(Long[]::new))
                .param("alias", row.alias())
                .param("outcome", row.outcome())
                .param("context", json(row.context()))
                .param("destination", json(row.destination()))
                .update();
        if (row.logIndex() >= 0) {
            store.jdbc()
                    .sql("insert into audit_index (log_index, record_id, recorded_at) values (:index, :id, :at)")
                    .param("index", row.logIndex())
                    .param("id", recordId)
                    .param("at", SqlTime.of(row.time()))
                    .update();
        }
    }

    private static @Nullable String json(@Nullable Map<String, String> pairs) {
        return pairs == null ? null : CanonicalJson.text(pairs);
    }

    private static RecordFilter random(Random random) {
        // Each condition one time in four.
        int half = random.nextInt(1 << 10);
        int conditions = half & random.nextInt(1 << 10);
        Instant from = rows.get(random.nextInt(RECORDS)).time();
        return new RecordFilter(
                (conditions & 1) == 0 ? null : from,
                (conditions & 2) == 0 ? null : from.plus(Duration.ofHours(random.nextInt(200))),
                (conditions & 4) == 0 ? null : KEYS.get(random.nextInt(KEYS.size())),
                (conditions & 8) == 0 ? null : "alias/" + random.nextInt(3),
                (conditions & 16) == 0 ? null : "p" + random.nextInt(3),
                (conditions & 32) == 0 ? null : "Encrypt",
                (conditions & 64) == 0 ? null : "Refused",
                (conditions & 128) == 0 ? null : "192.0.2." + random.nextInt(3),
                (conditions & 512) == 0 || random.nextInt(3) > 0 ? null : new UUID(0, random.nextInt(RECORDS / 2)),
                (conditions & 256) == 0 ? null : "name 1",
                (conditions & 256) == 0 || random.nextBoolean() ? null : "\"value\\ 1");
    }

    private static List<Long> wanted(RecordFilter filter, LogRange range) {
        List<Long> wanted = new ArrayList<>(rows.stream()
                .filter(row -> row.logIndex() >= range.from() && row.logIndex() < range.to() && row.meets(filter))
                .map(Row::logIndex)
                .toList());
        if (range.newestFirst()) {
            Collections.reverse(wanted);
        }
        return wanted;
    }

    /** Every step makes progress and finds at most what it may. */
    private static List<Long> found(RecordFilter filter, LogRange range, int limit) {
        List<Long> found = new ArrayList<>();
        LogRange rest = log.bounds(filter, range);
        while (!rest.isEmpty()) {
            Step<Long> step = log.step(filter, rest, limit, WINDOW, (row, number) -> row.getLong("record_id"));
            assertThat(step.found()).hasSizeLessThanOrEqualTo(limit);
            assertThat(step.rest().to() - step.rest().from()).isLessThan(rest.to() - rest.from());
            step.found().forEach(entry -> assertThat(entry.record()).isEqualTo(10 + entry.logIndex() * 3));
            step.found().stream().map(Entry::logIndex).forEach(found::add);
            rest = step.rest();
        }
        return found;
    }

    private static void compare(Random random) {
        for (int i = 0; i < 40; i++) {
            RecordFilter filter = random(random);
            long from = random.nextInt(3) == 0 ? random.nextInt(RECORDS) : 0;
            long to = random.nextInt(3) == 0 ? random.nextInt(RECORDS) : RECORDS;
            LogRange range = new LogRange(from, to, random.nextBoolean());
            assertThat(found(filter, range, 1 + random.nextInt(12)))
                    .as("%s of %s", filter, range)
                    .isEqualTo(wanted(filter, range));
        }
    }

    /** Of no stretch is anything noted, then of the half, then of all that are full. */
    @ParameterizedTest
    @ValueSource(ints = {0, 12, 1000})
    void every_question_finds_just_the_records_that_meet_it_in_order(int noted) {
        store.jdbc().sql("delete from audit_stretch").update();
        int full = 0;
        while (full < noted && stretches.add()) {
            full++;
        }
        assertThat(full).isEqualTo(Math.min(noted, RECORDS / STRETCH));

        compare(new Random(SEED + noted));
    }

    @Test
    void a_range_of_instants_leaves_out_the_stretches_that_cannot_hold_it() {
        while (stretches.add()) {
            // Until all are noted.
        }
        Instant last = rows.stream().map(Row::time).max(Instant::compareTo).orElseThrow();
        RecordFilter never =
                new RecordFilter(last.plusMillis(1), null, null, null, null, null, null, null, null, null, null);

        LogRange bounds = log.bounds(never, new LogRange(0, RECORDS, false));

        assertThat(bounds.to() - bounds.from()).isLessThan(STRETCH);
    }

    @Test
    void a_place_has_its_record_and_its_instant() {
        assertThat(log.at(17, (row, number) -> row.getLong("record_id"))).contains(10 + 17 * 3L);
        assertThat(log.timeOf(17)).contains(rows.get(17).time());
        assertThat(log.at(RECORDS, (row, number) -> 1)).isEmpty();
        assertThat(log.timeOf(RECORDS)).isEmpty();
    }
}

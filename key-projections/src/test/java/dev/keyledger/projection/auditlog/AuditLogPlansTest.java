package dev.keyledger.projection.auditlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.ViewFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A page costs what is on it, not what there is: with plans made once for all values, as the service has them, no part of a plan ever
 * touches many more rows than the page has.
 */
class AuditLogPlansTest {

    private static final int RECORDS = 20_000;
    private static final int PAGE = 100;
    private static final KeyId KEY = KeyId.of(new UUID(1, 1));
    private static final Pattern ROWS = Pattern.compile("actual rows=([0-9.]+) loops=([0-9]+)");

    private static ViewFixture store;
    private static int prepared;

    @BeforeAll
    static void fill() {
        store = new ViewFixture();
        // Every second record is of one key and of one principal; of the rest, each has a key of its own.
        store.jdbc()
                .sql("""
                        insert into audit_record (record_id, recorded_at, node, request_id, principal, auth_method, replay_protected, action,
                            key_ids, key_state_versions, outcome)
                        select g, '2026-01-20T00:00:00Z'::timestamptz + g * interval '3 minutes', 'n', gen_random_uuid(), 'p' || g % 2, 'basic',
                            false, 'Encrypt', array[case when g % 2 = 0 then :key else gen_random_uuid() end], '{0}', 'Success'
                        from generate_series(0, :last) g
                        """)
                .param("key", KEY.asUuid())
                .param("last", RECORDS - 1)
                .update();
        store.jdbc()
                .sql("insert into audit_index select record_id, record_id, recorded_at from audit_record")
                .update();
        store.jdbc().sql("set plan_cache_mode = force_generic_plan").update();
    }

    @AfterAll
    static void close() {
        store.close();
    }

    static Stream<RecordFilter> questions() {
        return Stream.of(RecordFilter.NONE, filter(KEY, null), filter(null, "p1"));
    }

    private static RecordFilter filter(@Nullable KeyId key, @Nullable String principal) {
        return new RecordFilter(null, null, key, null, principal, null, null, null, null, null, null);
    }

    @ParameterizedTest
    @MethodSource("questions")
    void no_part_of_a_plan_touches_many_more_rows_than_the_page_has(RecordFilter filter) {
        for (boolean newestFirst : List.of(false, true)) {
            AuditLog.Question question = new AuditLog.Question(filter, new LogRange(10, RECORDS - 10, newestFirst));
            List<String> plan = explain(question.select(PAGE, PAGE), question.values);

            assertThat(plan).anyMatch(line -> line.contains("Index") && line.contains("audit_record"));
            for (String line : plan) {
                Matcher rows = ROWS.matcher(line);
                if (rows.find()) {
                    assertThat(Double.parseDouble(rows.group(1)) * Integer.parseInt(rows.group(2)))
                            .as(String.join("\n", plan))
                            .isLessThanOrEqualTo(2 * PAGE);
                }
            }
        }
    }

    /** As a statement of the driver would be planned: the server's own EXPLAIN of one with values would know the values. */
    private static List<String> explain(String sql, Map<String, Object> values) {
        String statement = sql;
        List<String> literals = new ArrayList<>();
        for (Map.Entry<String, Object> value : values.entrySet()) {
            literals.add("'" + value.getValue() + "'");
            statement = statement.replaceAll("(?<!:):" + value.getKey() + "\\b", "\\$" + literals.size());
        }
        String name = "question_" + prepared++;
        store.jdbc().sql("prepare " + name + " as " + statement).update();
        return store.jdbc()
                .sql("explain (analyze, costs off, timing off, buffers off, summary off) execute " + name + " ("
                        + String.join(", ", literals) + ")")
                .query(String.class)
                .list();
    }
}

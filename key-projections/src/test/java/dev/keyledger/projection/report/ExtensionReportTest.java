package dev.keyledger.projection.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.extension.report.ColumnType;
import dev.keyledger.extension.report.Fact;
import dev.keyledger.extension.report.LogRecord;
import dev.keyledger.extension.report.Report;
import dev.keyledger.extension.report.ReportSchema;
import dev.keyledger.extension.report.ReportTables;
import dev.keyledger.projection.report.ReportTurn.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A report of others has its own tables, of every type, and no way to any other; and is told what is public. */
class ExtensionReportTest {

    private static final UUID KEY = UUID.fromString("1339cb7d-54d3-47e0-b595-c7d3dba82b6f");

    private static WrittenLog log;

    private Connection session;

    @BeforeAll
    static void open() {
        log = new WrittenLog();
        log.record(
                "ImportKeyMaterial",
                WrittenLog.BEGINNING,
                log.event(
                        "keyledger.key.material-imported",
                        KEY,
                        "{\"at\":\"2026-11-24T10:00:00.000Z\",\"expiresAt\":\"2026-12-01T10:00:00.250Z\",\"keyId\":\""
                                + KEY
                                + "\",\"materialTag\":\"0011223344\",\"tokenId\":\"6f1f0d2e\",\"versionId\":\"2ab1a983\"}"),
                KEY);
    }

    @AfterAll
    static void close() {
        log.close();
    }

    @BeforeEach
    void openSession() throws SQLException {
        session = log.session();
    }

    @AfterEach
    void cleanUp() throws SQLException {
        session.close();
        log.owner().sql("delete from report where name = 'r'").update();
        log.owner()
                .sql("select relname from pg_class where relname like 'ext\\_%' and relkind = 'r'")
                .query(String.class)
                .list()
                .forEach(table -> log.owner().sql("drop table " + table).update());
    }

    private static Report report(
            String name, int version, Consumer<ReportSchema> schema, BiConsumer<LogRecord, ReportTables> accept) {
        return new Report() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public int version() {
                return version;
            }

            @Override
            public void prepare(ReportSchema tables) {
                schema.accept(tables);
            }

            @Override
            public void accept(LogRecord record, ReportTables tables) {
                accept.accept(record, tables);
            }
        };
    }

    private static void everyType(ReportSchema schema) {
        schema.table("kinds")
                .key("id", ColumnType.ID)
                .key("order", ColumnType.TEXT)
                .column("number", ColumnType.NUMBER)
                .column("flag", ColumnType.FLAG)
                .column("instant", ColumnType.INSTANT)
                .column("day", ColumnType.DATE)
                .column("more", ColumnType.NUMBER);
    }

    private void register(ExtensionReport report) {
        new ReportRegistration(log.owner(), log.serviceRole()).register(report);
    }

    /** Registers a report and has it told the log. */
    private ExtensionReport tell(BiConsumer<LogRecord, ReportTables> accept) throws SQLException {
        ExtensionReport report = ExtensionReport.of(report("r", 1, ExtensionReportTest::everyType, accept));
        register(report);
        assertThat(ReportTurn.take(report, session, 500)).isEqualTo(Outcome.UP_TO_DATE);
        return report;
    }

    private static List<String> reasons() {
        return log.owner()
                .sql("select reason from report_parked")
                .query(String.class)
                .list();
    }

    @Test
    void values_of_every_type_are_written_and_read_back() throws SQLException {
        Map<String, Object> key = Map.of("id", KEY, "order", "first'; drop table audit_record; --");
        Instant instant = Instant.parse("2026-11-27T23:59:00.123456Z");
        List<Object> seen = new ArrayList<>();
        tell((record, tables) -> {
            seen.add(tables.find("kinds", key));
            tables.add("kinds", key, Map.of("number", 2L));
            tables.add("kinds", key, Map.of("number", 40L));
            seen.add(tables.find("kinds", key).orElseThrow());
            tables.put(
                    "kinds",
                    Map.of(
                            "id",
                            KEY,
                            "order",
                            key.get("order"),
                            "flag",
                            true,
                            "instant",
                            instant,
                            "day",
                            LocalDate.of(2026, 11, 28)));
            seen.add(tables.find("kinds", key).orElseThrow());
            tables.add("kinds", key, Map.of("number", 1L, "more", -1L));
            Map<String, Object> other = Map.of("id", KEY, "order", "second");
            tables.put("kinds", other);
            tables.remove("kinds", other);
            seen.add(tables.find("kinds", other));
        });

        assertThat(reasons()).isEmpty();
        assertThat(seen)
                .containsExactly(
                        Optional.empty(),
                        Map.of("id", KEY, "order", key.get("order"), "number", 42L),
                        Map.of(
                                "id",
                                KEY,
                                "order",
                                key.get("order"),
                                "flag",
                                true,
                                "instant",
                                instant,
                                "day",
                                LocalDate.of(2026, 11, 28)),
                        Optional.empty());
        assertThat(log.rows("ext_r_kinds"))
                .hasSize(1)
                .allSatisfy(row -> assertThat(row).contains("2026-11-28", ",1,", ",-1)"));
    }

    @Test
    void facts_are_told_without_what_is_nobody_elses_business() throws SQLException {
        List<Fact> facts = new ArrayList<>();
        List<Map<String, String>> contexts = new ArrayList<>();
        tell((record, tables) -> {
            facts.addAll(record.facts());
            contexts.add(record.context());
        });
        assertThat(facts)
                .containsExactly(new Fact(
                        "keyledger.key.material-imported",
                        KEY.toString(),
                        7,
                        Instant.parse("2026-11-24T10:00:00Z"),
                        Map.of("expiresAt", "2026-12-01T10:00:00.250Z", "versionId", "2ab1a983")));
        assertThat(contexts).containsExactly(Map.of("a", "b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"audit_record", "public.key_state", "ext_other_kinds", "ext_r_kinds", "kinds; --", ""})
    void no_other_table_can_be_named(String table) throws SQLException {
        Map<String, Object> key = Map.of("id", KEY, "order", "x");
        tell((record, tables) -> {
            for (Runnable attempt : List.<Runnable>of(
                    () -> tables.put(table, key),
                    () -> tables.add(table, key, Map.of("number", 1L)),
                    () -> tables.remove(table, key),
                    () -> tables.find(table, key))) {
                assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(attempt::run);
            }
        });
        assertThat(reasons())
                .as("even if the report takes no notice, the record is not digested")
                .hasSize(1);
    }

    @Test
    void a_row_must_fit_its_table() throws SQLException {
        Map<String, Object> key = Map.of("id", KEY, "order", "x");
        tell((record, tables) -> {
            for (Runnable attempt : List.<Runnable>of(
                    () -> tables.put("kinds", Map.of("id", KEY)),
                    () -> tables.put("kinds", Map.of("id", KEY.toString(), "order", "x")),
                    () -> tables.put("kinds", Map.of("id", KEY, "order", "x", "other", 1L)),
                    () -> tables.find("kinds", Map.of("id", KEY, "order", "x", "number", 1L)),
                    () -> tables.add("kinds", key, Map.of("flag", 1L)),
                    () -> tables.add("kinds", key, Map.of()))) {
                assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(attempt::run);
            }
        });
        assertThat(log.rows("ext_r_kinds")).isEmpty();
    }

    @Test
    void a_statement_that_the_database_refuses_parks_the_record_even_if_the_report_goes_on() throws SQLException {
        tell((record, tables) -> {
            try {
                tables.add("kinds", Map.of("id", KEY, "order", "x"), Map.of("number", Long.MAX_VALUE));
                tables.add("kinds", Map.of("id", KEY, "order", "x"), Map.of("number", 1L));
                tables.find("kinds", Map.of("id", KEY, "order", "x"));
            } catch (RuntimeException swallowed) {
                // As a careless report does.
            }
        });
        assertThat(reasons()).singleElement().asString().contains("SQL state 22003");
        assertThat(log.rows("ext_r_kinds")).isEmpty();
    }

    @Test
    void tables_are_good_for_their_call_alone() throws SQLException {
        List<ReportTables> kept = new ArrayList<>();
        tell((record, tables) -> kept.add(tables));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> kept.get(0).find("kinds", Map.of("id", KEY, "order", "x")));
    }

    @Test
    void a_higher_version_has_new_tables_and_begins_again() throws SQLException {
        tell((record, tables) -> tables.put("kinds", Map.of("id", KEY, "order", "old")));
        ExtensionReport upgraded = ExtensionReport.of(report(
                "r",
                2,
                schema -> schema.table("other").key("place", ColumnType.NUMBER),
                (record, tables) -> tables.put("other", Map.of("place", record.logIndex()))));
        register(upgraded);
        assertThat(log.rows("report")).anySatisfy(row -> assertThat(row).startsWith("(r,2,"));
        assertThat(ReportTurn.take(upgraded, session, 500)).isEqualTo(Outcome.UP_TO_DATE);
        register(upgraded);

        assertThat(log.rows("ext_r_other")).containsExactly("(0)");
        assertThat(log.owner()
                        .sql("select to_regclass('ext_r_kinds') is null")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void what_was_made_by_a_later_version_or_otherwise_is_refused() throws SQLException {
        ExtensionReport other = ExtensionReport.of(
                report("r", 1, schema -> schema.table("other").key("k", ColumnType.TEXT), (record, tables) -> {}));
        tell((record, tables) -> {});
        assertThatExceptionOfType(UnfitReportException.class)
                .isThrownBy(() -> register(other))
                .withMessageContaining("needs a higher version");
        log.owner().sql("update report set version = 5 where name = 'r'").update();
        assertThatExceptionOfType(UnfitReportException.class)
                .isThrownBy(() -> register(other))
                .withMessageContaining("made by version 5");
        log.owner().sql("delete from report where name = 'r'").update();
        assertThatExceptionOfType(UnfitReportException.class)
                .isThrownBy(() -> register(other))
                .withMessageContaining("ext_r_kinds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Report", "key-uses", "a_b", "1st", "a23456789012345678901234x", "a;b"})
    void a_name_of_another_form_is_refused(String name) {
        assertThatExceptionOfType(UnfitReportException.class)
                .isThrownBy(() ->
                        ExtensionReport.of(report(name, 1, ExtensionReportTest::everyType, (record, tables) -> {})))
                .withMessageContaining("has no name of");
    }

    @Test
    void tables_that_cannot_be_made_are_refused() {
        for (Consumer<ReportSchema> schema : List.<Consumer<ReportSchema>>of(
                tables -> {},
                tables -> tables.table("public.key_state").key("a", ColumnType.TEXT),
                tables -> tables.table("t").key("a\" text); drop table x; --", ColumnType.TEXT),
                tables -> tables.table("t").column("a", ColumnType.TEXT),
                tables -> tables.table("t").key("a", ColumnType.TEXT).column("a", ColumnType.TEXT),
                tables -> {
                    tables.table("t").key("a", ColumnType.TEXT);
                    tables.table("t").key("a", ColumnType.TEXT);
                })) {
            assertThatExceptionOfType(UnfitReportException.class)
                    .isThrownBy(() -> ExtensionReport.of(report("r", 1, schema, (record, tables) -> {})))
                    .withMessageContaining("tables that cannot be made");
        }
        assertThatExceptionOfType(UnfitReportException.class)
                .isThrownBy(() ->
                        ExtensionReport.of(report("r", 0, ExtensionReportTest::everyType, (record, tables) -> {})));
    }
}

package dev.keyledger.api.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.cli.CommandLineTest.Result;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.StrangerProgram;
import dev.keyledger.evidence.note.TlogProof;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.TreeHasher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The audit log from a running server to a file, and that file before our verification and before others'. */
class AuditCommandTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int RECORDS = 600;

    @TempDir
    private static Path directory;

    private static TestNode node;
    private static Path secret;
    private static Path anchor;
    private static Path keyFile;

    /** The whole log at some moment. */
    private static Path whole;

    private static long size;

    @BeforeAll
    static void start() throws IOException {
        anchor = directory.resolve("anchor");
        node = TestNode.with()
                .set("KEYLEDGER_LOG_ORIGIN", "log.keyledger.example")
                .set("KEYLEDGER_ANCHOR_FILE", anchor.toString())
                .start();
        secret = Files.writeString(directory.resolve("secret"), TestNode.ACCESS_KEY_SECRET + "\n");
        node.sql().sql("""
                        insert into audit_record (recorded_at, node, request_id, auth_method, replay_protected, action, outcome)
                        select keyledger_now(), 'n', gen_random_uuid(), 'None', false, 'Test', 'Success' from generate_series(1, ?)
                        """).param(RECORDS).update();
        await().atMost(PATIENCE).until(() -> signed() >= RECORDS);
        keyFile = Files.writeString(
                directory.resolve("published.vkey"),
                ask("audit", "checkpoint", "-o", "json")
                                .json()
                                .get(0)
                                .path("key")
                                .stringValue() + "\n");
        whole = directory.resolve("whole.zip");
        size = export(whole).path("to").longValue();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static long signed() {
        return node.sql()
                .sql("select coalesce(max(size), 0) from log_checkpoint")
                .query(Long.class)
                .single();
    }

    private static Result ask(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(
                "--url",
                node.baseUri().toString(),
                "--access-key-id",
                TestNode.ACCESS_KEY_ID,
                "--access-key-secret-file",
                secret.toString()));
        return CommandLineTest.type(all.toArray(String[]::new));
    }

    private static JsonNode export(Path file, String... options) {
        return tryToExport(file, options).json().get(0);
    }

    private static Result tryToExport(Path file, String... options) {
        List<String> words = new ArrayList<>(List.of("audit", "export", file.toString(), "--overwrite", "-o", "json"));
        words.addAll(List.of(options));
        return ask(words.toArray(String[]::new));
    }

    private static Result verify(Path file, String... options) {
        List<String> words = new ArrayList<>(List.of("audit", "verify", file.toString(), "-o", "json"));
        words.addAll(List.of(options));
        return CommandLineTest.type(words.toArray(String[]::new));
    }

    private static JsonNode json(Result result) {
        return JsonMapper.shared().readTree(result.out());
    }

    @Test
    void the_whole_log_is_exported_and_verified_offline() throws IOException {
        Result result = verify(whole, "--key-file", keyFile.toString());

        assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.OK);
        assertThat(json(result).path("verdict").stringValue()).isEqualTo("verified");
        assertThat(json(result).path("records").longValue()).isEqualTo(size).isGreaterThanOrEqualTo(RECORDS);
        assertThat(json(result).path("logSize").longValue()).isEqualTo(size);
        assertThat(json(result).path("keyFrom").stringValue()).isEqualTo("auditor");
        assertThat(result.err()).isEmpty();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".unfinished"));
        }
    }

    @Test
    void without_a_key_it_is_said_that_the_bundle_vouches_for_itself_and_with_another_it_is_refused() {
        Result alone = verify(whole);
        Result other = verify(whole, "--key", "log.keyledger.example+b2e6c1d4+AQ==");

        assertThat(alone.code()).isEqualTo(ExitCode.OK);
        assertThat(json(alone).path("keyFrom").stringValue()).isEqualTo("bundle");
        assertThat(alone.err()).contains("The key came from the bundle itself");
        assertThat(other.code()).isEqualTo(ExitCode.USAGE);
        assertThat(other.err()).contains("not a verifier key");
    }

    @ParameterizedTest
    @CsvSource({"300, 301, 256, 512", "0, 256, 0, 256", "255, 600, 0, "})
    void a_range_of_places_is_exported_and_proved_to_be_in_the_log(long from, long to, long first, Long end) {
        Path file = directory.resolve("range.zip");

        JsonNode written = export(file, "--from", Long.toString(from), "--to", Long.toString(to));

        assertThat(written.path("from").longValue()).isEqualTo(first);
        assertThat(written.path("to").longValue())
                .isEqualTo(end == null ? Math.min(768, written.path("logSize").longValue()) : end);
        assertThat(verify(file, "--key-file", keyFile.toString()).code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void a_range_of_instants_is_exported() {
        String at = JsonMapper.shared()
                .readTree(ask("audit", "record", "400", "-o", "json").done().out())
                .at("/record/time")
                .stringValue();
        Path file = directory.resolve("instants.zip");

        JsonNode written = export(file, "--from", at);

        assertThat(written.path("from").longValue()).isLessThanOrEqualTo(400);
        assertThat(written.path("to").longValue())
                .isEqualTo(written.path("logSize").longValue());
        assertThat(verify(file).code()).isEqualTo(ExitCode.OK);
        Result none = ask("audit", "export", file.toString(), "--overwrite", "--to", "2001-01-01T00:00:00Z");
        assertThat(none.code()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("no record of that time");
    }

    @Test
    void the_log_goes_on_from_what_was_kept() throws IOException {
        Path early = Files.writeString(
                directory.resolve("kept"), ask("audit", "checkpoint").done().out());
        long kept = Checkpoint.parse(SignedNote.parse(Files.readAllBytes(early)).text())
                .size();
        Path later = directory.resolve("later.zip");
        await().atMost(PATIENCE).until(() -> export(later).path("to").longValue() > kept);

        Result byCheckpoint = verify(later, "--checkpoint", early.toString());
        Result byAnchor = verify(later, "--anchor", anchor.toString());
        Result tooEarly = verify(whole, "--checkpoint", early.toString());
        Result elsewhere = verify(directory.resolve("nowhere.zip"), "--checkpoint", early.toString());

        assertThat(byCheckpoint.code()).as(byCheckpoint.err()).isEqualTo(ExitCode.OK);
        assertThat(json(byCheckpoint).path("keptCheckpoints").longValue()).isEqualTo(1);
        assertThat(byAnchor.code()).as(byAnchor.err()).isEqualTo(ExitCode.OK);
        assertThat(json(byAnchor).path("keptCheckpoints").longValue()).isPositive();
        if (kept > size) {
            assertThat(tooEarly.code()).isEqualTo(ExitCode.UNPROVED);
            assertThat(tooEarly.err()).contains("says nothing about what was kept");
        }
        assertThat(elsewhere.code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void a_changed_file_is_refused_with_the_first_bad_record() throws IOException {
        byte[] bytes = Files.readAllBytes(whole);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\"action\":\"Test\"");
        bytes[at + 12] ^= 1;
        Path bad = Files.write(directory.resolve("bad.zip"), bytes);

        Result result = verify(bad, "--key-file", keyFile.toString());

        assertThat(result.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(json(result).path("verdict").stringValue()).isEqualTo("refused");
        assertThat(json(result).path("firstBadIndex").longValue()).isLessThan(256);
        assertThat(json(result).path("reason").stringValue()).contains("does not have the hash", "checksum");
        assertThat(CommandLineTest.type("audit", "verify", bad.toString()).out())
                .containsPattern("verdict +refused")
                .containsPattern("firstBadIndex +\\d");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a record is altered | 300 | "
                        + "update audit_record set action = 'Tset' where record_id = (select record_id from audit_index where log_index = 300)"
                        + "| update audit_record set action = 'Test' where action = 'Tset'",
                "a record is back-dated | 301 | "
                        + "with moved as (update audit_record set recorded_at = recorded_at - interval '1 ms' where record_id ="
                        + " (select record_id from audit_index where log_index = 301) returning record_id, recorded_at)"
                        + " update audit_index i set recorded_at = moved.recorded_at from moved where i.record_id = moved.record_id"
                        + "| with moved as (update audit_record set recorded_at = recorded_at + interval '1 ms' where record_id ="
                        + " (select record_id from audit_index where log_index = 301) returning record_id, recorded_at)"
                        + " update audit_index i set recorded_at = moved.recorded_at from moved where i.record_id = moved.record_id",
                "a hash is altered | 302 | "
                        + "update log_tile set hashes = overlay(hashes placing '\\x00000000' from 46 * 32 + 1 for 4) where level = 0 and tile_index = 1"
                        + "| ",
            })
    void what_is_done_to_the_store_shows_in_the_bundle(String what, long firstBad, String sql, String undo) {
        byte[] tile = node.sql()
                .sql("select hashes from log_tile where level = 0 and tile_index = 1")
                .query(byte[].class)
                .single();
        Path file = directory.resolve("tampered.zip");
        boolean exported = false;
        for (int attempt = 0; !exported && attempt < 5; attempt++) {
            try {
                assertThat(node.sql().sql(sql).update()).isEqualTo(1);
                // A node that signs at just this moment finds the hash itself, and then answers nothing of that tree.
                exported = tryToExport(file, "--from", "256", "--to", "512").code() == ExitCode.OK;
            } finally {
                if (undo == null) {
                    node.sql()
                            .sql("update log_tile set hashes = ? where level = 0 and tile_index = 1")
                            .param(tile)
                            .update();
                } else {
                    node.sql().sql(undo).update();
                }
            }
        }
        assertThat(exported).isTrue();

        Result result = verify(file, "--key-file", keyFile.toString());

        assertThat(result.code()).as(what).isEqualTo(ExitCode.REFUSED);
        assertThat(json(result).path("firstBadIndex").longValue()).isEqualTo(firstBad);
        export(file, "--from", "256", "--to", "512");
        assertThat(verify(file, "--key-file", keyFile.toString()).code()).isEqualTo(ExitCode.OK);
    }

    @Test
    @Tag("stranger")
    void programs_of_others_verify_the_exported_bundle() throws Exception {
        String key = Files.readString(keyFile).strip();
        StrangerProgram script = StrangerProgram.script("AuditCommandTest", Path.of("../docs/verify-bundle.js"));

        assertThat(script.run(whole.toString(), keyFile.toString()))
                .isEqualTo("0 verified: records 0 to " + (size - 1) + " of " + size + " in log.keyledger.example");
        assertThat(script.run(whole.toString(), key, "--print").lines())
                .anyMatch(line -> line.contains("{\"logIndex\":400,\"record\":{\"action\":\"Test\","));
        assertThat(StrangerProgram.go("AuditCommandTest", directory, "bundle.go")
                        .run(whole.toString(), key))
                .isEqualTo("0 verified " + size + " of " + size);
    }

    @Test
    void a_file_that_is_there_is_not_written_over_by_mistake() throws IOException {
        Path file = Files.writeString(directory.resolve("mine"), "mine");

        assertThat(ask("audit", "export", file.toString()).code()).isEqualTo(ExitCode.USAGE);
        assertThat(ask("audit", "export", file.toString(), "--overwrite", "--from", "9999999")
                        .code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(file)).isEqualTo("mine");
    }

    @Test
    void records_are_listed_for_people_for_programs_and_for_spreadsheets() {
        assertThat(ask("audit", "records", "--action", "Test", "--from", "300", "--to", "310")
                        .done()
                        .out()
                        .lines())
                .hasSize(11)
                .first()
                .asString()
                .containsSubsequence("logIndex", "time", "action", "outcome");
        assertThat(ask("audit", "records", "--action", "Test", "-o", "json").json())
                .hasSize(RECORDS)
                .allMatch(line -> line.at("/record/action").stringValue().equals("Test"));
        assertThat(ask("audit", "records", "--newest-first", "--limit", "2", "-o", "ndjson")
                        .json())
                .hasSize(2);
        assertThat(ask("audit", "records", "--limit", "3", "--output", "csv")
                        .done()
                        .out()
                        .lines())
                .hasSize(4)
                .first()
                .asString()
                .startsWith("logIndex,");
        assertThat(ask("audit", "records", "--outcome", "Perhaps"))
                .matches(result -> result.code() == ExitCode.REFUSED)
                .matches(result -> result.err().contains("outcome"));
        assertThat(ask("audit", "records", "--limit", "0").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void one_record_is_shown_and_its_proof_is_written() throws IOException {
        Path file = directory.resolve("400.tlog-proof");

        Result shown = ask("audit", "record", "400", "--proof", file.toString()).done();

        assertThat(shown.out()).containsPattern("logIndex +400").containsPattern("action +Test");
        String text = ask("audit", "record", "400", "-o", "json").done().out();
        String record = text.substring(text.indexOf("\"record\":") + 9, text.indexOf(",\"proof\":"));
        VerifierKey key = VerifierKey.parse(Files.readString(keyFile).strip());
        assertThat(TlogProof.parse(Files.readAllBytes(file))
                        .verify(
                                new TreeHasher().leaf(record.getBytes(StandardCharsets.UTF_8)),
                                key.name(),
                                List.of(key))
                        .size())
                .isGreaterThan(400);
        assertThat(ask("audit", "record", "99999999").code()).isEqualTo(ExitCode.REFUSED);
    }
}

package dev.keyledger.api.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyledger.api.TestNode;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.ConsistencyProof;
import dev.keyledger.evidence.tree.EntryBundle;
import dev.keyledger.evidence.tree.InclusionProof;
import dev.keyledger.evidence.tree.RightEdge;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeHasher;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log of a running node over HTTP, before our own verification and before somebody else's. */
class LogTest {

    private static final String ORIGIN = "log.keyledger.example";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private static Path anchors;

    @TempDir
    private Path files;

    private static TestDatabase database;
    private static TestNode node;

    /** The first checkpoint there was, and one of at least this many records. */
    private static SignedNote first;

    private static final int RECORDS = 1_100;

    @BeforeAll
    static void start() {
        database = TestPostgres.freshDatabase();
        node = start(database, anchors.resolve("anchor"));
        await().atMost(PATIENCE).until(() -> get(node, "checkpoint").statusCode() == 200);
        first = checkpoint(node);
        write(database, RECORDS);
        await().atMost(PATIENCE).until(() -> size(checkpoint(node)) >= RECORDS);
    }

    @AfterAll
    static void stop() {
        node.close();
        database.close();
    }

    private static TestNode start(TestDatabase where, Path anchor) {
        return TestNode.with()
                .database(where)
                .set("KEYLEDGER_LOG_ORIGIN", ORIGIN)
                .set("KEYLEDGER_ANCHOR_FILE", anchor.toString())
                .start();
    }

    private static JdbcClient owner(TestDatabase where) {
        return JdbcClient.create(new DriverManagerDataSource(where.url(), where.ownerUser(), where.ownerPassword()));
    }

    private static void write(TestDatabase where, int records) {
        owner(where).sql("""
                        insert into audit_record (recorded_at, node, request_id, auth_method, replay_protected, action, outcome)
                        select keyledger_now(), 'n', gen_random_uuid(), 'None', false, 'Test', 'Success' from generate_series(1, ?)
                        """).param(records).update();
    }

    private static HttpResponse<byte[]> ask(TestNode whom, String path) {
        HttpRequest request = HttpRequest.newBuilder(whom.baseUri().resolve(path))
                .header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString((TestNode.ACCESS_KEY_ID + ":" + TestNode.ACCESS_KEY_SECRET)
                                                .getBytes(StandardCharsets.UTF_8)))
                .timeout(Duration.ofSeconds(60))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static HttpResponse<byte[]> get(TestNode whom, String path) {
        return ask(whom, "/v1/log/" + path);
    }

    private static byte[] body(String path) {
        HttpResponse<byte[]> answer = get(node, path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return answer.body();
    }

    private static JsonNode json(String path) {
        HttpResponse<byte[]> answer = ask(node, path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static SignedNote checkpoint(TestNode whom) {
        return SignedNote.parse(get(whom, "checkpoint").body());
    }

    private static VerifierKey key() {
        return VerifierKey.parse(new String(body("key"), StandardCharsets.UTF_8).stripTrailing());
    }

    private static Checkpoint opened(SignedNote note) {
        return Checkpoint.open(note, ORIGIN, List.of(key()));
    }

    /** The last checkpoint, once it has a partial tile: one of 256 has none, and what asks for it makes the log grow. */
    private static SignedNote checkpointWithPartialTile() {
        return await().atMost(PATIENCE).until(() -> checkpoint(node), note -> Tile.partialWidth(0, size(note)) > 0);
    }

    private static long size(SignedNote note) {
        return Checkpoint.parse(note.text()).size();
    }

    private static List<TreeHash> path(JsonNode answer) {
        List<TreeHash> path = new ArrayList<>();
        answer.path("path").forEach(hash -> path.add(TreeHash.ofBase64(hash.stringValue())));
        return path;
    }

    /** The last tile or bundle of a level as the specification names it for a tree of this size. */
    private static TilePath last(int level, long size) {
        int row = Math.max(level, 0);
        return new TilePath(level, Tile.fullTiles(row, size), Tile.partialWidth(row, size));
    }

    private static List<byte[]> records(TilePath bundle) {
        List<byte[]> records = new ArrayList<>();
        EntryBundle.parse(body(bundle.text()))
                .forEach((bytes, offset, length) -> records.add(Arrays.copyOfRange(bytes, offset, offset + length)));
        return records;
    }

    @Test
    void the_signed_head_is_that_of_the_tiles_and_these_are_the_hashes_of_the_records() {
        Checkpoint head = opened(checkpointWithPartialTile());
        long size = head.size();
        RightEdge edge = RightEdge.restore(
                size,
                body(last(0, size).text()),
                (level, index) -> body(TilePath.tile(level, index).text()));
        assertThat(edge.root()).isEqualTo(head.root());
        assertThat(body(last(1, size).text())).isEqualTo(edge.partialTile(1));

        TreeHasher hasher = new TreeHasher();
        for (long index = 0; index <= Tile.fullTiles(0, size); index++) {
            boolean full = index < Tile.fullTiles(0, size);
            byte[] leaves = body((full ? TilePath.tile(0, index) : last(0, size)).text());
            List<byte[]> records = records(full ? TilePath.entries(index) : last(TilePath.ENTRIES, size));
            assertThat(records).hasSize(leaves.length / TreeHash.BYTES);
            for (int n = 0; n < records.size(); n++) {
                assertThat(hasher.leaf(records.get(n))).isEqualTo(TreeHash.at(leaves, n * TreeHash.BYTES));
                assertThat(AuditRecordForm.parse(records.get(n)).recordId()).isPositive();
            }
        }
    }

    @Test
    void an_earlier_checkpoint_finds_its_partial_tiles_when_they_are_full() {
        long size = size(first);
        assertThat(size).isBetween(1L, 255L);
        byte[] tile = body(last(0, size).text());
        assertThat(tile).isEqualTo(Arrays.copyOf(body("tile/0/000"), tile.length));
        assertThat(RightEdge.restore(size, tile, (level, index) -> new byte[0]).root())
                .isEqualTo(opened(first).root());
        assertThat(records(last(TilePath.ENTRIES, size))).hasSize((int) size);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 255, 256, 1_099})
    void a_record_is_proved_to_be_in_the_log(long index) {
        JsonNode answer = json("/v1/audit/proof/inclusion?index=" + index);
        Checkpoint head =
                opened(SignedNote.parse(answer.path("checkpoint").stringValue().getBytes(StandardCharsets.UTF_8)));
        byte[] record = records(new TilePath(TilePath.ENTRIES, index / 256, (int) (index % 256) + 1))
                .get((int) (index % 256));
        TreeHash leaf = new TreeHasher().leaf(record);

        assertThat(answer.path("leafHash").stringValue()).isEqualTo(leaf.base64());
        assertThat(answer.path("rootHash").stringValue()).isEqualTo(head.root().base64());
        assertThat(answer.path("size").longValue()).isEqualTo(head.size());
        assertThat(new InclusionProof(index, head.size(), path(answer)).proves(leaf, head.root()))
                .isTrue();
        assertThat(json("/v1/audit/proof/inclusion?index=" + index + "&size=" + (index + 1))
                        .has("checkpoint"))
                .as("a size nobody signed has none")
                .isFalse();
    }

    @Test
    void the_log_is_proved_to_have_only_grown() {
        Checkpoint earlier = opened(first);
        JsonNode answer = json("/v1/audit/proof/consistency?from=" + earlier.size());
        long to = answer.path("to").longValue();

        assertThat(TreeHash.ofBase64(answer.path("fromRootHash").stringValue())).isEqualTo(earlier.root());
        assertThat(new ConsistencyProof(earlier.size(), to, path(answer))
                        .proves(
                                earlier.root(),
                                TreeHash.ofBase64(answer.path("toRootHash").stringValue())))
                .isTrue();
        assertThat(path(json("/v1/audit/proof/consistency?from=7&to=7"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/log/tile/0/900, 404, InvalidResourceId.NotFound",
        "/v1/log/tile/0/004.p/256, 404, InvalidResourceId.NotFound",
        "/v1/log/tile/0/004.p/0, 404, InvalidResourceId.NotFound",
        "/v1/log/tile/0/0, 404, InvalidResourceId.NotFound",
        "/v1/log/tile/9/000, 404, InvalidResourceId.NotFound",
        "/v1/log/tile/63/000, 404, InvalidResourceId.NotFound",
        "/v1/log/tile/0/%30%30%30, 404, InvalidResourceId.NotFound",
        "/v1/log/tile/entries/900, 404, InvalidResourceId.NotFound",
        "/v1/log/tile, 404, InvalidResourceId.NotFound",
        "/v1/log/nothing, 404, InvalidAction.NotFound",
        "/v1/audit/proof/inclusion, 400, MissingParameter",
        "/v1/audit/proof/inclusion?index=-1, 400, InvalidParameter",
        "/v1/audit/proof/inclusion?index=01, 400, InvalidParameter",
        "/v1/audit/proof/inclusion?index=1000000, 404, InvalidResourceId.NotFound",
        "/v1/audit/proof/inclusion?index=5&size=5, 404, InvalidResourceId.NotFound",
        "/v1/audit/proof/inclusion?index=5&size=1000000, 404, InvalidResourceId.NotFound",
        "/v1/audit/proof/consistency?to=5, 400, MissingParameter",
        "/v1/audit/proof/consistency?from=9&to=5, 404, InvalidResourceId.NotFound",
        "/v1/audit/proof/consistency?from=1&to=9999999999999999999, 400, InvalidParameter",
    })
    void what_the_log_does_not_have_is_a_problem_document(String path, int status, String code) {
        HttpResponse<byte[]> answer = ask(node, path);
        assertThat(JSON.readTree(answer.body()).path("code").stringValue()).isEqualTo(code);
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @Test
    void reading_the_log_needs_credentials_and_leaves_a_record() throws Exception {
        HttpResponse<Void> refused = HTTP.send(
                HttpRequest.newBuilder(node.baseUri().resolve("/v1/log/checkpoint"))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        assertThat(refused.statusCode()).isEqualTo(401);
        String request =
                get(node, "tile/0/000").headers().firstValue("x-acs-request-id").orElseThrow();
        assertThat(node.sql()
                        .sql("select action || ' ' || outcome from audit_record where request_id = ?::uuid")
                        .param(request)
                        .query(String.class)
                        .single())
                .isEqualTo("GetLogTile Success");
    }

    @Test
    void checkpoints_are_in_the_anchor_file_and_the_node_says_how_far() throws Exception {
        await().atMost(PATIENCE)
                .until(() -> json("/v1/health")
                                .at("/components/log/details/anchored/file")
                                .longValue(0)
                        >= RECORDS);
        JsonNode log = json("/v1/health").at("/components/log");
        assertThat(log.path("status").stringValue()).isEqualTo("UP");
        assertThat(log.at("/details/origin").stringValue()).isEqualTo(ORIGIN);
        assertThat(log.at("/details/anchoredOutsideTheDatabase").booleanValue()).isTrue();
        assertThat(Files.readAllLines(anchors.resolve("anchor")))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("{\"checkpoint\":\"" + ORIGIN + "\\n"));
    }

    @Test
    @Tag("stranger")
    void the_packages_of_gos_checksum_database_verify_what_is_served() throws Exception {
        Path packages = Path.of(Optional.ofNullable(System.getenv("GOPATH")).orElse("/usr/share/gocode"));
        boolean there = onPath("go") && Files.isDirectory(packages.resolve("src/golang.org/x/mod/sumdb"));
        if (!there && !"true".equals(System.getenv("KEYLEDGER_REQUIRE_PROGRAMS"))) {
            String sentence = "NOT RUN: LogTest with Go (no go with golang.org/x/mod/sumdb on this machine)";
            System.out.println(sentence);
            Assumptions.abort(sentence);
        }
        long index = 300;
        Files.copy(
                Path.of("..", "key-domain", "src", "test", "resources", "evidence", "stranger", "verify.go"),
                files.resolve("verify.go"));
        ProcessBuilder build = new ProcessBuilder("go", "build", "-o", "verify", "verify.go").directory(files.toFile());
        build.environment().put("GO111MODULE", "off");
        build.environment().put("GOPATH", packages.toString());
        build.environment().put("GOFLAGS", "");
        build.environment().put("GOCACHE", files.resolve("cache").toString());
        assertThat(run(build)).isEqualTo("0 ");

        SignedNote checkpoint = checkpointWithPartialTile();
        long size = size(checkpoint);
        save("vkey", body("key"));
        save("checkpoint", checkpoint.bytes());
        save("older", first.bytes());
        save("index", Long.toString(index).getBytes(StandardCharsets.UTF_8));
        save("record", records(TilePath.entries(1)).get(44));
        save("inclusion", lines("/v1/audit/proof/inclusion?index=" + index + "&size=" + size));
        save("consistency", lines("/v1/audit/proof/consistency?from=" + size(first) + "&to=" + size));
        for (int level = 0; level < 2; level++) {
            for (long tile = 0; tile < Tile.fullTiles(level, size); tile++) {
                save(
                        TilePath.tile(level, tile).text(),
                        body(TilePath.tile(level, tile).text()));
            }
            save(last(level, size).text(), body(last(level, size).text()));
        }
        assertThat(run(new ProcessBuilder(files.resolve("verify").toString(), files.toString())))
                .isEqualTo("0 verified " + size);

        byte[] record = Files.readAllBytes(files.resolve("record"));
        record[record.length - 2] ^= 1;
        save("record", record);
        assertThat(run(new ProcessBuilder(files.resolve("verify").toString(), files.toString())))
                .startsWith("1 REFUSED");
    }

    private static boolean onPath(String program) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
                .anyMatch(directory -> !directory.isEmpty() && Files.isExecutable(Path.of(directory, program)));
    }

    private void save(String name, byte[] content) throws IOException {
        Path file = files.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static byte[] lines(String proof) {
        StringBuilder lines = new StringBuilder();
        path(json(proof)).forEach(hash -> lines.append(hash.base64()).append('\n'));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String run(ProcessBuilder program) throws IOException, InterruptedException {
        Process process = program.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + said.strip();
    }

    @Test
    void a_node_signs_before_it_stops_and_another_goes_on_until_the_log_is_not_what_was_signed() {
        try (TestDatabase own = TestPostgres.freshDatabase()) {
            TestNode one = start(own, files.resolve("anchor"));
            write(own, 300);
            one.close();
            assertThat(number(own, "select max(size) from log_checkpoint"))
                    .as("everything that was recorded is signed")
                    .isEqualTo(number(own, "select next_index from sequencer"))
                    .isEqualTo(number(own, "select count(*) from audit_record"))
                    .isGreaterThanOrEqualTo(300);
            long epoch = number(own, "select max(epoch) from log_checkpoint");

            try (TestNode next = start(own, files.resolve("anchor"))) {
                long size = size(checkpoint(next));
                write(own, 1_000);
                await().atMost(PATIENCE).until(() -> size(checkpoint(next)) >= size + 1_000);
                assertThat(health(next).at("/components/log/status").stringValue())
                        .isEqualTo("UP");
            }
            assertThat(number(own, "select max(epoch) from log_checkpoint")).isGreaterThan(epoch);

            long signed = number(own, "select max(size) from log_checkpoint");
            // The last record; or the last tile, in the one case of 256 in which no record lies behind it.
            owner(own)
                    .sql(
                            signed % Tile.WIDTH > 0
                                    ? "update audit_record set outcome = 'Refused' where record_id = (select max(record_id) from audit_record)"
                                    : "update log_tile set hashes = overlay(hashes placing '\\x0000' from 9 for 2) where level = 0")
                    .update();
            try (TestNode next = start(own, files.resolve("anchor"))) {
                await().atMost(PATIENCE)
                        .until(() -> "DOWN"
                                .equals(health(next)
                                        .at("/components/log/status")
                                        .stringValue("")));
                assertThat(health(next).at("/components/log/details/broken").stringValue())
                        .contains("the head that was signed for " + signed + " records");
                assertThat(ask(next, "/v1/access-keys").statusCode())
                        .as("nothing else of the service stops")
                        .isEqualTo(200);
                assertThat(new String(ask(next, "/actuator/prometheus").body(), StandardCharsets.UTF_8))
                        .contains("keyledger_log_broken 1.0");
                write(own, 1_000);
                long recorded = number(own, "select count(*) from audit_record");
                await().atMost(PATIENCE).until(() -> number(own, "select next_index from sequencer") >= recorded);
            }
            assertThat(number(own, "select max(size) from log_checkpoint")).isEqualTo(signed);
        }
    }

    private static JsonNode health(TestNode whom) {
        return JSON.readTree(ask(whom, "/v1/health").body());
    }

    private static long number(TestDatabase where, String sql) {
        return owner(where).sql(sql).query(Long.class).single();
    }
}

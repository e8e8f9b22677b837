package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.journal.AuditRecordReader;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.CanonicalJson;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.TlogProof;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.InclusionProof;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeHasher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The audit log over HTTP: what is found, page by page and in streams, and what is refused. */
@ExtendWith(NodeExtension.class)
class AuditQueriesTest {

    private static final String RECORDS = "/v1/audit/records";

    private TestNode node;
    private Kms kms;
    private Keys keys;
    private Rest rest;

    @BeforeEach
    void connect(TestNode shared, Kms client, Keys made) {
        node = shared;
        kms = client;
        keys = made;
        rest = new Rest(shared);
    }

    private AuditRecordForm record(UUID request) {
        return node.bean(AuditRecordReader.class).ofRequest(request).get(0);
    }

    private static List<String> requests(JsonNode page) {
        List<String> requests = new ArrayList<>();
        page.path("records")
                .forEach(line ->
                        requests.add(line.path("record").path("requestId").stringValue()));
        return requests;
    }

    private List<String> find(String... namesAndValues) {
        return requests(rest.get(Rest.query(RECORDS, namesAndValues)).ok().json());
    }

    @Test
    void a_record_is_found_by_each_thing_it_says_and_not_by_another() {
        MadeKey key = keys.generated();
        String alias = "alias/" + UUID.randomUUID();
        kms.call("CreateAlias", "KeyId", key.id(), "AliasName", alias).ok();
        String context = CanonicalJson.text(
                Map.of("purpose", "pay \"roll\"", "unit", UUID.randomUUID().toString()));
        UUID request = kms.call("Encrypt", "KeyId", alias, "Plaintext", Keys.HELLO, "EncryptionContext", context)
                .ok()
                .requestId();
        kms.call("Encrypt", "KeyId", alias, "Plaintext", Keys.HELLO).ok();
        rest.settle();
        AuditRecordForm record = record(request);
        String mine = request.toString();

        assertThat(find("requestId", mine)).containsExactly(mine);
        assertThat(find("key", key.id(), "contextKey", "purpose")).containsExactly(mine);
        assertThat(find("contextKey", "purpose", "contextValue", "pay \"roll\"", "alias", alias))
                .containsExactly(mine);
        assertThat(find("key", key.id(), "contextKey", "purpose", "contextValue", "pay"))
                .isEmpty();
        assertThat(find("alias", alias, "action", "Encrypt")).hasSize(2).contains(mine);
        assertThat(find("alias", alias, "action", "Decrypt")).isEmpty();
        assertThat(find("key", key.id(), "principal", Objects.requireNonNull(record.principal()), "outcome", "Success"))
                .contains(mine);
        assertThat(find("key", key.id(), "principal", "nobody")).isEmpty();
        assertThat(find("key", key.id(), "outcome", "Failed")).isEmpty();
        assertThat(find("alias", alias, "source", "127.0.0.1")).contains(mine);
        assertThat(find("alias", alias, "source", "127.0.0.2")).isEmpty();
        String at = record.time().toString();
        String next = record.time().plusMillis(1).toString();
        assertThat(find("requestId", mine, "from", at, "to", next)).containsExactly(mine);
        assertThat(find("requestId", mine, "from", next)).isEmpty();
        assertThat(find("requestId", mine, "to", at)).isEmpty();
    }

    @Test
    void a_record_of_many_keys_is_found_by_each_of_them() {
        List<String> ids = List.of(
                keys.generated().id(), keys.generated().id(), keys.generated().id());
        UUID tagged = kms.call("TagResources", tagResources(ids)).ok().requestId();
        rest.settle();

        for (String id : ids) {
            assertThat(find("key", id, "action", "TagResources")).containsExactly(tagged.toString());
        }
    }

    private static Map<String, String> tagResources(List<String> ids) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("RegionId", "cn-hangzhou");
        parameters.put("ResourceType", "key");
        for (int i = 0; i < ids.size(); i++) {
            parameters.put("ResourceId." + (i + 1), ids.get(i));
        }
        parameters.put("Tag.1.Key", "team");
        parameters.put("Tag.1.Value", "red");
        return parameters;
    }

    /** While the log grows. */
    @ParameterizedTest
    @ValueSource(strings = {"asc", "desc"})
    void pages_follow_each_other_without_a_gap_and_a_cursor_is_good_for_ever(String order) {
        MadeKey key = keys.generated();
        for (int i = 0; i < 7; i++) {
            keys.encrypted(key.id());
        }
        rest.settle();
        List<String> all = find("key", key.id(), "order", order, "limit", "1000");
        assertThat(all).hasSize(9);

        List<String> paged = new ArrayList<>();
        List<String> cursors = new ArrayList<>();
        JsonNode page = rest.get(Rest.query(RECORDS, "key", key.id(), "order", order, "limit", "4"))
                .ok()
                .json();
        while (true) {
            paged.addAll(requests(page));
            if (!page.has("nextCursor")) {
                break;
            }
            cursors.add(page.path("nextCursor").stringValue());
            if (order.equals("desc")) {
                // What comes now is newer than where the reader has got to.
                keys.encrypted(key.id());
                rest.settle();
            }
            page = next(key, order, cursors.get(cursors.size() - 1));
        }

        assertThat(paged).isEqualTo(all);
        assertThat(requests(next(key, order, cursors.get(0)))).isEqualTo(all.subList(4, 8));
        List<String> reversed = new ArrayList<>(all);
        Collections.reverse(reversed);
        assertThat(find("key", key.id(), "order", order.equals("asc") ? "desc" : "asc"))
                .containsSubsequence(reversed);
    }

    private JsonNode next(MadeKey key, String order, String cursor) {
        return rest.get(Rest.query(RECORDS, "key", key.id(), "order", order, "limit", "4", "cursor", cursor))
                .ok()
                .json();
    }

    @Test
    void a_record_comes_with_its_proof_and_the_proof_comes_as_a_file() {
        UUID request =
                kms.call("DescribeKey", "KeyId", keys.generated().id()).ok().requestId();
        rest.settle();
        long index = rest.get(Rest.query(RECORDS, "requestId", request.toString()))
                .ok()
                .json()
                .path("records")
                .get(0)
                .path("logIndex")
                .longValue();
        JsonNode proof = Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> rest.get(RECORDS + "/" + index).ok().json().path("proof"),
                        found -> !found.isMissingNode());
        VerifierKey key = VerifierKey.parse(rest.get("/v1/log/key").ok().text().stripTrailing());
        TreeHash leaf = new TreeHasher().leaf(record(request).canonical());

        List<TreeHash> path = new ArrayList<>();
        proof.path("path").forEach(hash -> path.add(TreeHash.ofBase64(hash.stringValue())));
        Checkpoint head = Checkpoint.open(
                SignedNote.parse(proof.path("checkpoint").stringValue().getBytes(StandardCharsets.UTF_8)),
                key.name(),
                List.of(key));
        assertThat(new InclusionProof(index, head.size(), path).proves(leaf, head.root()))
                .isTrue();

        Rest.Answer file = rest.get(RECORDS + "/" + index + ".tlog-proof").ok();
        assertThat(file.header("content-type")).isEqualToIgnoringCase("text/plain;charset=utf-8");
        TlogProof read = TlogProof.parse(file.text().getBytes(StandardCharsets.UTF_8));
        assertThat(read.index()).isEqualTo(index);
        assertThat(read.verify(leaf, key.name(), List.of(key)).size()).isGreaterThan(index);
        rest.get(RECORDS + "/987654321.tlog-proof").refused(404, "InvalidResourceId.NotFound", "No checkpoint covers");
        rest.get(RECORDS + "/first.tlog-proof").refused(400, "InvalidParameter", "the place of a record in the log");
    }

    @Test
    void a_record_is_read_by_its_place_in_the_very_form_by_which_it_is_proved() {
        UUID request =
                kms.call("DescribeKey", "KeyId", keys.generated().id()).ok().requestId();
        rest.settle();
        JsonNode line = rest.get(Rest.query(RECORDS, "requestId", request.toString()))
                .ok()
                .json()
                .path("records")
                .get(0);
        long index = line.path("logIndex").longValue();

        Rest.Answer answer = rest.get(RECORDS + "/" + index).ok();

        String canonical = new String(record(request).canonical(), StandardCharsets.UTF_8);
        String placed = "{\"logIndex\":" + index + ",\"record\":" + canonical;
        assertThat(answer.text()).startsWith(placed);
        assertThat(answer.text().substring(placed.length())).matches("}|,\"proof\":\\{.*}}");
        assertThat(Long.parseLong(answer.header("x-keyledger-log-size"))).isGreaterThan(index);
        rest.get(RECORDS + "/987654321").refused(404, "InvalidResourceId.NotFound", "The log is known up to index ");
        rest.get(RECORDS + "/first").refused(400, "InvalidParameter", "the place of a record in the log");
    }

    @Test
    void every_answer_says_how_far_the_log_is_known_and_how_far_it_lags() {
        rest.settle();

        JsonNode log = rest.get(RECORDS + "?limit=1").ok().json().path("log");

        assertThat(log.path("size").longValue()).isPositive();
        assertThat(log.path("lagSeconds").doubleValue()).isGreaterThanOrEqualTo(0);
    }

    @Test
    void a_stream_has_a_line_for_each_record_and_no_pages() {
        MadeKey key = keys.generated();
        for (int i = 0; i < 5; i++) {
            keys.encrypted(key.id());
        }
        rest.settle();
        String path = Rest.query(RECORDS, "key", key.id());

        Rest.Answer stream = rest.get(path, "Accept", "application/x-ndjson").ok();

        List<String> lines = stream.text().lines().toList();
        StringBuilder page = new StringBuilder();
        rest.get(path)
                .ok()
                .json()
                .path("records")
                .forEach(line -> page.append(line).append('\n'));
        assertThat(stream.header("content-type")).isEqualTo("application/x-ndjson");
        assertThat(stream.text()).isEqualTo(page.toString()).endsWith("\n");
        assertThat(lines).hasSize(7);
        assertThat(rest.get(path + "&limit=2", "Accept", "application/x-ndjson")
                        .ok()
                        .text()
                        .lines())
                .isEqualTo(lines.subList(0, 2));
    }

    @Test
    void a_table_is_that_of_rfc_4180_and_has_no_cell_that_a_spreadsheet_would_run() {
        UUID request = rest.get("/v1/clock", "User-Agent", "=HYPERLINK(\"http://evil.example\",\"x\")")
                .ok()
                .requestId();
        rest.settle();

        Rest.Answer table = rest.get(
                        Rest.query(RECORDS, "requestId", request.toString()), "Accept", "text/csv;q=1, */*;q=0.1")
                .ok();

        AuditRecordForm record = record(request);
        String[] lines = table.text().split("\r\n", -1);
        assertThat(table.header("content-type")).isEqualTo("text/csv;header=present;charset=UTF-8");
        assertThat(lines).hasSize(3).endsWith("");
        assertThat(lines[0]).startsWith("logIndex,recordId,time,node,requestId,principal,");
        assertThat(lines[1])
                .contains("," + record.recordId() + "," + record.time() + "," + record.node() + "," + request + ",")
                .contains(",127.0.0.1,\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\",GetClock,,,");
    }

    @Test
    void the_question_is_itself_recorded() {
        Rest.Answer answer = rest.get(RECORDS + "?action=NoSuchAction").ok();
        Rest.Answer stream =
                rest.get(RECORDS + "?action=NoSuchAction", "Accept", "text/csv").ok();

        for (Rest.Answer each : List.of(answer, stream)) {
            AuditRecordForm record = record(each.requestId());
            assertThat(record.action()).isEqualTo("ListAuditRecords");
            assertThat(record.outcome()).isEqualTo("Success");
            assertThat(record.reason()).isEqualTo("{action=NoSuchAction}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour=red | \"colour\" is not valid. This endpoint has: action, alias, contextKey",
                "from=yesterday | 2026-11-25T08:09:10.120Z for example",
                "to=2026-11-25 | an instant in ISO 8601",
                "from= | an instant in ISO 8601",
                "key=alias/x | a UUID in lower case",
                "requestId=7 | a UUID in lower case",
                "outcome=success | one of: Success, Refused, Denied",
                "order=down | one of: asc, desc",
                "limit=0 | a whole number from 1 to 1000",
                "limit=1001 | a whole number from 1 to 1000",
                "fromIndex=-1 | a whole number from 0",
                "action= | text of 1 to 512 characters",
                "contextValue=x | It needs contextKey",
                "cursor=AAAA | the nextCursor of an earlier answer, unchanged",
                "cursor=%21 | the nextCursor of an earlier answer, unchanged",
            })
    void what_cannot_be_meant_is_refused_with_words_that_help(String query, String help) {
        Rest.Answer answer = rest.get(RECORDS + "?" + query).refused(400, "InvalidParameter", help);

        assertThat(record(answer.requestId()).outcome()).isEqualTo("Refused");
    }

    @Test
    void a_cursor_of_another_question_is_refused() {
        JsonNode page = rest.get(RECORDS + "?limit=1&action=CreateKey").ok().json();
        String cursor = page.path("nextCursor").stringValue();

        rest.get(RECORDS + "?limit=5&action=CreateKey&cursor=" + cursor).ok();
        rest.get(RECORDS + "?limit=1&action=Encrypt&cursor=" + cursor)
                .refused(400, "InvalidParameter", "given for another question");
        rest.get(RECORDS + "?limit=1&action=CreateKey&order=desc&cursor=" + cursor)
                .refused(400, "InvalidParameter", "given for another question");
    }

    @Test
    void a_form_that_nobody_has_is_refused() {
        rest.get(RECORDS, "Accept", "application/xml").refused(400, "InvalidParameter", "application/x-ndjson");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                RECORDS,
                RECORDS + "/0",
                "/v1/keys",
                "/v1/keys/00000000-0000-0000-0000-000000000000",
                "/v1/keys/00000000-0000-0000-0000-000000000000/timeline"
            })
    void who_is_no_auditor_learns_nothing(String path) {
        JsonNode login = rest.send(
                        "POST", "/v1/access-keys", "{\"principal\":\"" + OutsiderIsNoAuditor.OUTSIDER + "\"}")
                .json();
        String id = login.path("accessKeyId").stringValue();
        Rest outsider = new Rest(node, id, login.path("accessKeySecret").stringValue());

        Rest.Answer answer = outsider.get(path).refused(403, "Forbidden.NoPermission", "forbidden");

        AuditRecordForm record = record(answer.requestId());
        assertThat(record.outcome()).isEqualTo("Denied");
        assertThat(record.principal()).isEqualTo(OutsiderIsNoAuditor.OUTSIDER);
        assertThat(rest.send("DELETE", "/v1/access-keys/" + id, "").status()).isEqualTo(204);
    }
}

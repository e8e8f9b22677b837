package dev.keyledger.bench.fill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.vault.VaultKeys;
import dev.keyledger.bench.LocalNode;
import dev.keyledger.bench.load.KmsClient;
import dev.keyledger.projection.replay.Replay;
import dev.keyledger.projection.replay.Replay.Task;
import dev.keyledger.projection.replay.ReplayProgress;
import dev.keyledger.projection.replay.ReplayReport;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A filled store holds what the service would have written, and the service works with it. */
class FilledStoreTest {

    private static LocalNode node;
    private static JdbcClient sql;
    private static KmsClient client;
    private static StoreFiller filler;

    @BeforeAll
    static void start() {
        node = new LocalNode();
        sql = node.sql();
        client = node.client();
        filler = new StoreFiller(
                node.owner(),
                new VaultKeys(node.owner(), node.rootKey(), new SecureRandom()),
                new Origination(
                        node.account(),
                        recorded("node"),
                        "bootstrap",
                        node.accessKey().id(),
                        recorded("user_agent")));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** What the audit record of a request of this client says. */
    private static String recorded(String column) {
        client.call("DescribeRegions", Map.of());
        return sql.sql("select " + column + " from audit_record where action = 'DescribeRegions' limit 1")
                .query(String.class)
                .single();
    }

    @Test
    void a_filled_key_has_the_rows_of_a_created_one() {
        String created = KmsClient.member("KeyId", client.call("CreateKey", Map.of()));
        String filled = filler.createKeys(1, done -> {}).get(0);

        assertThat(WrittenRows.normalised(sql, WrittenRows.transactionOf(sql, "CreateKey", filled)))
                .isEqualTo(WrittenRows.normalised(sql, WrittenRows.transactionOf(sql, "CreateKey", created)));
    }

    @Test
    void a_filled_record_has_the_columns_of_a_use() {
        String keyId = KmsClient.member("KeyId", client.call("CreateKey", Map.of()));
        client.call(
                "Encrypt",
                Map.of("KeyId", keyId, "Plaintext", Base64.getEncoder().encodeToString(new byte[32])));
        new LogFiller(node.owner()).write(Collections.nCopies(100, UUID.randomUUID()), 3, done -> {});

        List<String> written = columns("node <> 'bench'", keyId);
        assertThat(columns("node = 'bench'", keyId)).hasSize(1).isEqualTo(written);
        assertThat(written.get(0))
                .contains("key_version_id", "digest", "output_size")
                .doesNotContain("error_code");
    }

    /** Which columns are filled, and what those say that all uses have in common. */
    private static List<String> columns(String which, String keyId) {
        return sql.sql("""
                        select distinct array_to_string(array(select key from jsonb_each(jsonb_strip_nulls(to_jsonb(r))) order by key)
                                || array[action, outcome, auth_method, replay_protected::text, input_size::text, output_size::text]
                                || array[cardinality(key_ids), cardinality(event_ids), length(digest)]::text[], ' ')
                        from audit_record r where action = 'Encrypt' and (node = 'bench' or key_ids[1]::text = :key) and
                        """ + which).param("key", keyId).query(String.class).list();
    }

    @Test
    void a_filled_key_that_waits_for_its_material_has_the_rows_of_both_requests() {
        String created = KmsClient.member("KeyId", client.call("CreateKey", Map.of("Origin", "EXTERNAL")));
        client.call(
                "GetParametersForImport",
                Map.of("KeyId", created, "WrappingAlgorithm", "RSAES_OAEP_SHA_256", "WrappingKeySpec", "RSA_2048"));
        String filled = filler.createImportable(1).get(0).keyId();

        // The service wrote the two requests in two transactions, the filler in one.
        assertThat(WrittenRows.normalised(sql, WrittenRows.transactionOf(sql, "CreateKey", filled)))
                .isEqualTo(WrittenRows.together(
                        WrittenRows.normalised(sql, WrittenRows.transactionOf(sql, "CreateKey", created)),
                        WrittenRows.normalised(
                                sql, WrittenRows.transactionOf(sql, "GetParametersForImport", created))));
    }

    @Test
    void the_digest_of_a_filled_event_is_that_of_its_row() {
        String filled = filler.createKeys(1, done -> {}).get(0);

        assertThat(WrittenRows.eventsMatchTheirRecords(sql, filled)).isTrue();
        // The comparison itself must be able to fail.
        String created = KmsClient.member("KeyId", client.call("CreateKey", Map.of()));
        assertThat(WrittenRows.eventsMatchTheirRecords(sql, created)).isTrue();
        sql.sql("update domain_event set payload_revision = '2' where aggregate_identifier = :key")
                .param("key", created)
                .update();
        assertThat(WrittenRows.eventsMatchTheirRecords(sql, created)).isFalse();
        sql.sql("update domain_event set payload_revision = '1' where aggregate_identifier = :key")
                .param("key", created)
                .update();
    }

    @Test
    void the_views_of_a_filled_store_are_those_of_a_replay() throws SQLException {
        filler.createKeys(3, done -> {});
        filler.createImportable(2);

        ReplayReport report =
                new Replay(node.owner(), ReplayProgress.silent()).run(new Task(true, false, true, "test"));

        assertThat(report.differences()).isEmpty();
        assertThat(report.parked()).isEmpty();
        assertThat(report.events()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void a_filled_key_works() {
        String filled = filler.createKeys(1, done -> {}).get(0);

        String blob = KmsClient.member(
                "CiphertextBlob", client.call("Encrypt", Map.of("KeyId", filled, "Plaintext", "c2VjcmV0")));
        assertThat(KmsClient.member("Plaintext", client.call("Decrypt", Map.of("CiphertextBlob", blob))))
                .isEqualTo("c2VjcmV0");
        client.call("DisableKey", Map.of("KeyId", filled));
        assertThat(client.call("DescribeKey", Map.of("KeyId", filled))).contains("Disabled");
    }

    @Test
    void a_filled_token_imports() {
        List<ImportTicket> tickets = filler.createImportable(1);
        ImportTicket ticket = tickets.get(0);

        client.call(
                "ImportKeyMaterial",
                Map.of(
                        "KeyId", ticket.keyId(),
                        "ImportToken", ticket.importToken(),
                        "EncryptedKeyMaterial", ticket.encryptedMaterial()));

        assertThat(client.call("DescribeKey", Map.of("KeyId", ticket.keyId()))).contains("\"KeyState\":\"Enabled\"");
    }
}

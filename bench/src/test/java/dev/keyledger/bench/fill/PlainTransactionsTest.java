package dev.keyledger.bench.fill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.vault.VaultKeys;
import dev.keyledger.bench.LocalNode;
import dev.keyledger.bench.bare.BareCommits.Work;
import dev.keyledger.bench.load.KmsClient;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A plain transaction writes as many rows into the same tables as the request that it is compared with. */
class PlainTransactionsTest {

    private static LocalNode node;
    private static JdbcClient sql;
    private static KmsClient client;
    private static StoreFiller filler;
    private static PlainTransactions plain;

    @BeforeAll
    static void start() {
        node = new LocalNode();
        sql = node.sql();
        client = node.client();
        VaultKeys vault = new VaultKeys(node.owner(), node.rootKey(), new SecureRandom());
        Origination origination = new Origination(
                node.account(), "bench", "bootstrap", node.accessKey().id(), "keyledger-bench");
        filler = new StoreFiller(node.owner(), vault, origination);
        plain = new PlainTransactions(new RowMaker(vault, origination, new SecureRandom()));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static void commit(Work work) throws SQLException {
        try (Connection connection = node.owner().getConnection()) {
            work.commit(connection);
        }
    }

    private static Map<String, Long> written(String action, String keyId) {
        return WrittenRows.counts(sql, WrittenRows.transactionOf(sql, action, keyId));
    }

    private static String latest(String action) {
        return sql.sql(
                        "select key_ids[1]::text from audit_record where action = :action order by record_id desc limit 1")
                .param("action", action)
                .query(String.class)
                .single();
    }

    @Test
    void of_a_CreateKey() throws Exception {
        String created = KmsClient.member("KeyId", client.call("CreateKey", Map.of()));
        commit(plain.createKey().next());

        String written = latest("CreateKey");
        assertThat(written).isNotEqualTo(created);
        assertThat(written("CreateKey", written))
                .isEqualTo(written("CreateKey", created))
                .hasSize(6);
    }

    @Test
    void of_a_DisableKey_and_an_EnableKey() throws Exception {
        String switched = KmsClient.member("KeyId", client.call("CreateKey", Map.of()));
        client.call("DisableKey", Map.of("KeyId", switched));
        Map<String, Long> disabled = written("DisableKey", switched);
        client.call("EnableKey", Map.of("KeyId", switched));
        Map<String, Long> enabled = written("EnableKey", switched);

        String key = KmsClient.member("KeyId", client.call("CreateKey", Map.of()));
        Work work = plain.switchKeys(List.of(key)).next();
        commit(work);
        assertThat(client.call("DescribeKey", Map.of("KeyId", key))).contains("\"KeyState\":\"Disabled\"");
        assertThat(written("DisableKey", key)).isEqualTo(disabled).hasSize(4);
        commit(work);
        assertThat(client.call("DescribeKey", Map.of("KeyId", key))).contains("\"KeyState\":\"Enabled\"");
        assertThat(written("EnableKey", key)).isEqualTo(enabled).hasSize(4);
    }

    @Test
    void of_an_ImportKeyMaterial() throws Exception {
        List<ImportTicket> tickets = filler.createImportable(2);
        ImportTicket imported = tickets.get(0);
        client.call(
                "ImportKeyMaterial",
                Map.of(
                        "KeyId", imported.keyId(),
                        "ImportToken", imported.importToken(),
                        "EncryptedKeyMaterial", imported.encryptedMaterial()));
        commit(plain.importMaterial(new ArrayDeque<>(tickets.subList(1, 2))).next());

        assertThat(written("ImportKeyMaterial", tickets.get(1).keyId()))
                .isEqualTo(written("ImportKeyMaterial", imported.keyId()))
                .hasSize(8);
    }
}

package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.journal.RequestNonce;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What the order of the log says about one key, and what it does not. */
@ExtendWith(NodeExtension.class)
class OrderOfUsesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private TestNode node;
    private Kms kms;
    private Keys keys;

    @BeforeEach
    void connect(TestNode shared, Kms client, Keys made) {
        node = shared;
        kms = client;
        keys = made;
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /**
     * @param recordId its number as drawn
     * @param logIndex its place in the log
     * @param keyStateVersion what it saw of its key, or made of it
     */
    private record Place(long recordId, long logIndex, long keyStateVersion) {}

    private Place place(JdbcClient sql, Reply reply) {
        String query = """
                select r.record_id, i.log_index, r.key_state_versions[1] from audit_record r join audit_index i using (record_id)
                where r.request_id = :request
                """;
        await(
                "the record has its place",
                () -> !sql.sql(query)
                        .param("request", reply.requestId())
                        .query()
                        .listOfRows()
                        .isEmpty());
        return sql.sql(query)
                .param("request", reply.requestId())
                .query((row, number) -> new Place(row.getLong(1), row.getLong(2), row.getLong(3)))
                .single();
    }

    /**
     * The use looks at its key, which is enabled, and is then held up by somebody who has the same nonce in an open transaction. It is
     * recorded after the change that ended uses, and yet came before it.
     */
    @Test
    void a_use_that_began_before_the_key_was_disabled_comes_first_by_key_state_version_and_last_by_record_id()
            throws Exception {
        JdbcClient sql = node.sql();
        String key = keys.generated().id();
        Map<String, String> request = Kms.signed("Encrypt", Map.of("KeyId", key, "Plaintext", "eA=="));
        RequestNonce nonce = RequestNonce.of(
                TestNode.ACCESS_KEY_ID,
                Objects.requireNonNull(request.get("SignatureNonce")),
                Instant.parse(Objects.requireNonNull(request.get("Timestamp"))));
        CompletableFuture<Reply> use;
        Reply disabled;
        DriverManagerDataSource database = new DriverManagerDataSource(
                node.database().url(),
                node.database().serviceUser(),
                node.database().servicePassword());
        try (Connection other = database.getConnection();
                PreparedStatement statement =
                        other.prepareStatement("insert into request_nonce (nonce_hash, signed_hour) values (?, ?)")) {
            other.setAutoCommit(false);
            statement.setBytes(1, nonce.hash());
            statement.setObject(2, nonce.signedHour());
            statement.executeUpdate();
            use = CompletableFuture.supplyAsync(() -> kms.send("Encrypt", request));
            await(
                    "the use waits",
                    () -> sql.sql(
                                    "select exists (select from pg_locks where not granted and locktype = 'transactionid')")
                            .query(Boolean.class)
                            .single());
            disabled = kms.call("DisableKey", "KeyId", key).ok();
            other.rollback();
        }
        Reply used = use.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).ok();
        Reply refused = kms.call("Encrypt", "KeyId", key, "Plaintext", "eA==").refused(409, "Rejected.Disabled");

        Place ofUse = place(sql, used);
        Place ofChange = place(sql, disabled);
        Place ofRefusal = place(sql, refused);
        assertThat(List.of(ofChange, ofUse, ofRefusal))
                .isSortedAccordingTo((one, other) -> Long.compare(one.recordId(), other.recordId()));
        assertThat(List.of(ofChange, ofUse, ofRefusal))
                .isSortedAccordingTo((one, other) -> Long.compare(one.logIndex(), other.logIndex()));
        assertThat(ofUse.keyStateVersion()).isEqualTo(ofChange.keyStateVersion() - 1);
        assertThat(ofRefusal.keyStateVersion()).isEqualTo(ofChange.keyStateVersion());
    }
}

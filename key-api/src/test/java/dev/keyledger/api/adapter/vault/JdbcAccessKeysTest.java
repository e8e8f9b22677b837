package dev.keyledger.api.adapter.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.journal.RequestNonce;
import dev.keyledger.api.auth.AccessKey;
import dev.keyledger.api.auth.AccessKeyRegistry;
import dev.keyledger.api.auth.AccessKeyRegistry.NewAccessKey;
import dev.keyledger.api.auth.NonceProbe;
import dev.keyledger.material.SecretUnwrapException;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcAccessKeysTest {

    private static final Instant SIGNED_AT = Instant.parse("2026-11-24T10:20:30Z");

    private final TestStore store = new TestStore();
    private final VaultNode node = new VaultNode(store);

    @AfterEach
    void close() {
        store.close();
    }

    private NewAccessKey create(String principal) {
        return node.inTransaction(() -> node.accessKeys.create(principal, "KLcreator"));
    }

    private Optional<AccessKey> find(String id) {
        return node.accessKeys.find(id, null);
    }

    private static String text(AccessKey key) {
        return key.secret().use(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    @Test
    void a_new_access_key_is_found_with_its_secret_on_every_node() {
        NewAccessKey made = create("alice");
        AccessKey found =
                new VaultNode(store).accessKeys.find(made.entry().id(), null).orElseThrow();

        assertThat(text(found)).isEqualTo(made.secret()).hasSize(40);
        assertThat(found.principal()).isEqualTo("alice");
        assertThat(found.status()).isEqualTo(AccessKey.Status.ENABLED);
        assertThat(found.nonceSeen()).isFalse();
        assertThat(made.entry().createdBy()).isEqualTo("KLcreator");
        assertThat(made).asString().doesNotContain(made.secret());
        assertThat(store.sql()
                        .sql("select a::text from access_key a")
                        .query(String.class)
                        .list())
                .noneMatch(row -> row.contains(made.secret()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "unknown",
                "\u0000",
                "K\u0000L",
                "\ud800",
                "\u4e2d\u6587",
                "'; drop table access_key; --"
            })
    void an_unknown_id_of_any_form_is_not_found(String id) {
        create("alice");
        assertThat(find(id)).isEmpty();
        assertThat(node.accessKeys.delete(id)).isFalse();
        assertThat(node.accessKeys.setStatus(id, AccessKey.Status.DISABLED)).isFalse();
    }

    @Test
    void an_id_is_compared_letter_by_letter() {
        String id = create("alice").entry().id();
        assertThat(find(id.toLowerCase(java.util.Locale.ROOT))).isEmpty();
        assertThat(find(id + " ")).isEmpty();
    }

    @Test
    void a_change_of_status_and_a_deletion_hold_for_the_next_look() {
        String id = create("alice").entry().id();
        assertThat(node.accessKeys.setStatus(id, AccessKey.Status.DISABLED)).isTrue();
        assertThat(find(id).orElseThrow().status()).isEqualTo(AccessKey.Status.DISABLED);
        assertThat(node.accessKeys.setStatus(id, AccessKey.Status.ENABLED)).isTrue();
        assertThat(find(id).orElseThrow().status()).isEqualTo(AccessKey.Status.ENABLED);
        assertThat(node.accessKeys.delete(id)).isTrue();
        assertThat(find(id)).isEmpty();
        assertThat(node.accessKeys.delete(id)).isFalse();
    }

    @Test
    void a_principal_has_at_most_two_even_if_all_ask_at_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<NewAccessKey>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(threads.submit(() -> create("alice")));
        }
        int made = 0;
        for (Future<NewAccessKey> each : calls) {
            try {
                each.get();
                made++;
            } catch (java.util.concurrent.ExecutionException refused) {
                assertThat(refused.getCause())
                        .isInstanceOfSatisfying(
                                Refusal.class,
                                refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
            }
        }
        threads.shutdown();
        assertThat(made).isEqualTo(2);
        assertThat(create("bob").entry().principal()).isEqualTo("bob");
    }

    @Test
    void they_are_listed_page_by_page_in_the_order_of_their_bytes() {
        for (int i = 0; i < 5; i++) {
            create("principal " + i);
        }
        List<String> seen = new ArrayList<>();
        String after = null;
        for (int page = 0; page < 3; page++) {
            for (AccessKeyRegistry.Entry each : node.accessKeys.list(after, 2)) {
                seen.add(each.id());
                after = each.id();
            }
        }
        assertThat(seen).hasSize(5).doesNotHaveDuplicates().isSorted();
        assertThat(node.accessKeys.list(after, 2)).isEmpty();
    }

    @Test
    void a_recorded_nonce_is_seen_for_its_access_key_and_hour() {
        String id = create("alice").entry().id();
        RequestNonce nonce = RequestNonce.of(id, "nonce-1", SIGNED_AT);
        store.sql()
                .sql("insert into request_nonce (nonce_hash, signed_hour) values (:hash, :hour)")
                .param("hash", nonce.hash())
                .param("hour", nonce.signedHour())
                .update();

        assertThat(seen(id, "nonce-1", SIGNED_AT)).isTrue();
        assertThat(seen(id, "nonce-1", SIGNED_AT.plusSeconds(600))).isTrue();
        assertThat(seen(id, "nonce-1", SIGNED_AT.plusSeconds(3_600))).isFalse();
        assertThat(seen(id, "nonce-2", SIGNED_AT)).isFalse();
        assertThat(seen(create("bob").entry().id(), "nonce-1", SIGNED_AT)).isFalse();
    }

    private boolean seen(String id, String nonce, Instant signedAt) {
        return node.accessKeys
                .find(id, new NonceProbe(nonce, signedAt))
                .orElseThrow()
                .nonceSeen();
    }

    @Test
    void swapped_secrets_do_not_unwrap() {
        String id = create("alice").entry().id();
        create("bob");
        store.sql().sql("""
                        update access_key m set iv = o.iv, wrapped_secret = o.wrapped_secret
                        from access_key o where o.access_key_id <> m.access_key_id
                        """).update();
        assertThatThrownBy(() -> find(id)).isInstanceOf(SecretUnwrapException.class);
    }
}

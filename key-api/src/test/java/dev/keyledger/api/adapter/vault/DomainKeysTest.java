package dev.keyledger.api.adapter.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.vault.DomainKeys.TokenKeyState;
import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretUnwrapException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DomainKeysTest {

    private static final int DAY = 20_650;

    private final TestStore store = new TestStore();

    @AfterEach
    void close() {
        store.close();
    }

    private List<String> contents() {
        return store.sql().sql("""
                        select concat_ws(' ', generation::text, provider, encode(check_iv, 'hex'), encode(check_value, 'hex')) from root_generation
                        union all
                        select concat_ws(' ', purpose, key_number::text, encode(iv, 'hex'), encode(wrapped, 'hex')) from domain_key
                        order by 1
                        """).query(String.class).list();
    }

    @Test
    void the_first_start_makes_the_keys_and_later_ones_read_them() {
        VaultNode first = new VaultNode(store);
        List<String> made = contents();
        VaultNode second = new VaultNode(store);

        assertThat(made).hasSize(4);
        assertThat(contents()).isEqualTo(made);
        assertThat(first.domainKeys
                        .open(DomainKeyPurpose.MATERIAL, 1)
                        .sameAs(second.domainKeys.open(DomainKeyPurpose.MATERIAL, 1)))
                .isTrue();
        assertThat(first.domainKeys
                        .open(DomainKeyPurpose.MATERIAL, 1)
                        .sameAs(first.domainKeys.open(DomainKeyPurpose.CREDENTIAL, 1)))
                .isFalse();
    }

    @Test
    void a_wrong_root_key_stops_the_start_and_changes_nothing() {
        new VaultNode(store);
        List<String> before = contents();
        RootKeyProvider wrong = VaultNode.rootKey(2);

        assertThatThrownBy(() -> new VaultNode(store, wrong))
                .isInstanceOf(StartupFailure.class)
                .hasMessageContaining("wrong root key");
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void data_without_its_root_key_record_gets_no_new_keys() {
        store.sql().sql("""
                        insert into domain_event (event_identifier, aggregate_identifier, sequence_number, aggregate_type, time_stamp,
                            payload_type, payload_revision, payload, meta_data)
                        values ('e', 'k', 0, 'key', '2026-01-01T00:00:00Z', 'keyledger.key.created', '1', ''::bytea, ''::bytea)
                        """).update();

        assertThatThrownBy(() -> new VaultNode(store))
                .isInstanceOf(StartupFailure.class)
                .hasMessageContaining("wrong root key");
        assertThat(contents()).isEmpty();
    }

    @Test
    void a_lost_or_changed_domain_key_stops_the_start() {
        new VaultNode(store);
        store.sql()
                .sql(
                        "update domain_key set (iv, wrapped) = (select iv, wrapped from domain_key where purpose = 'binding')"
                                + " where purpose = 'material'")
                .update();
        assertThatThrownBy(() -> new VaultNode(store))
                .isInstanceOf(StartupFailure.class)
                .hasMessageContaining("\"material\"")
                .hasMessageContaining("damaged");

        store.sql().sql("delete from domain_key where purpose = 'material'").update();
        assertThatThrownBy(() -> new VaultNode(store))
                .isInstanceOf(StartupFailure.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void nodes_that_start_a_new_store_together_agree() throws Exception {
        List<Callable<VaultNode>> starts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            starts.add(() -> new VaultNode(store));
        }
        List<VaultNode> nodes = new ArrayList<>();
        for (Future<VaultNode> each : together(starts)) {
            nodes.add(each.get());
        }
        assertThat(contents()).hasSize(4);
        for (VaultNode node : nodes) {
            assertThat(node.domainKeys
                            .open(DomainKeyPurpose.BINDING, 1)
                            .sameAs(nodes.get(0).domainKeys.open(DomainKeyPurpose.BINDING, 1)))
                    .isTrue();
        }
    }

    @Test
    void of_two_root_keys_for_a_new_store_one_wins_and_the_other_is_refused() throws Exception {
        List<Future<VaultNode>> starts = together(List.of(
                () -> new VaultNode(store, VaultNode.rootKey(1)), () -> new VaultNode(store, VaultNode.rootKey(2))));
        int refused = 0;
        for (Future<VaultNode> each : starts) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                assertThat(failed.getCause()).isInstanceOf(StartupFailure.class);
                refused++;
            }
        }
        assertThat(refused).isEqualTo(1);
        assertThat(contents()).hasSize(4);
    }

    private static <T> List<Future<T>> together(List<Callable<T>> tasks) {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        CyclicBarrier start = new CyclicBarrier(tasks.size());
        try {
            return tasks.stream()
                    .map(task -> threads.submit(() -> {
                        start.await();
                        return task.call();
                    }))
                    .toList();
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void a_token_key_is_made_once_for_its_day() throws Exception {
        VaultNode one = new VaultNode(store);
        VaultNode other = new VaultNode(store);
        assertThat(one.domainKeys.tokenKeyState(DAY)).isEqualTo(TokenKeyState.UNKNOWN);

        List<Callable<byte[]>> uses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            uses.add(() -> one.inTransaction(() -> VaultNode.copy(one.domainKeys.openTokenKey(DAY))));
            uses.add(() -> other.inTransaction(() -> VaultNode.copy(other.domainKeys.openTokenKey(DAY))));
        }
        List<Future<byte[]>> used = together(uses);
        for (Future<byte[]> each : used) {
            assertThat(each.get()).isEqualTo(used.get(0).get());
        }
        assertThat(other.domainKeys.tokenKeyState(DAY)).isEqualTo(TokenKeyState.LIVE);
        assertThat(other.domainKeys.tokenKeyState(DAY + 1)).isEqualTo(TokenKeyState.UNKNOWN);
    }

    @Test
    void a_token_key_whose_transaction_rolled_back_is_forgotten() {
        VaultNode node = new VaultNode(store);
        node.rolledBack(() -> node.domainKeys.openTokenKey(DAY).close());

        assertThat(node.domainKeys.tokenKeyState(DAY)).isEqualTo(TokenKeyState.UNKNOWN);
        byte[] key = node.inTransaction(() -> VaultNode.copy(node.domainKeys.openTokenKey(DAY)));
        assertThat(VaultNode.copy(new VaultNode(store).domainKeys.openTokenKey(DAY)))
                .isEqualTo(key);
    }

    @Test
    void a_dropped_token_key_is_remembered_as_dropped() {
        VaultNode node = new VaultNode(store);
        node.domainKeys.openTokenKey(DAY).close();
        node.domainKeys.openTokenKey(DAY + 1).close();
        node.domainKeys.dropTokenKeysBefore(DAY + 1);

        assertThat(node.domainKeys.tokenKeyState(DAY)).isEqualTo(TokenKeyState.DROPPED);
        assertThat(node.domainKeys.tokenKeyState(DAY + 1)).isEqualTo(TokenKeyState.LIVE);
        assertThatThrownBy(() -> node.domainKeys.open(DomainKeyPurpose.TOKEN, DAY))
                .isInstanceOf(SecretUnwrapException.class);
        assertThat(store.sql()
                        .sql(
                                "select count(*) from domain_key where purpose = 'token' and wrapped is null and iv is null")
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }
}

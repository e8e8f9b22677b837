package dev.keyledger.api.adapter.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.material.MaterialTag;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.SecretUnwrapException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Material and binding secrets in the database. */
class JdbcKeyMaterialStoreTest {

    private static final KeyId KEY = KeyId.of(UUID.randomUUID());
    private static final KeyId OTHER_KEY = KeyId.of(UUID.randomUUID());
    private static final KeyVersionId VERSION = new KeyVersionId(UUID.randomUUID());
    private static final KeyVersionId OTHER_VERSION = new KeyVersionId(UUID.randomUUID());

    private final TestStore store = new TestStore();
    private final VaultNode node = new VaultNode(store);

    @AfterEach
    void close() {
        store.close();
    }

    private static SecretBytes material(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return SecretBytes.takeFrom(bytes);
    }

    private byte[] read(KeyId keyId, KeyVersionId versionId) {
        return VaultNode.copy(node.material.read(keyId, versionId).orElseThrow());
    }

    private int rows(String table) {
        return store.sql()
                .sql("select count(*) from " + table)
                .query(Integer.class)
                .single();
    }

    @Test
    void generated_material_is_random_and_readable_on_every_node() {
        node.material.generate(KEY, VERSION);
        node.material.generate(OTHER_KEY, VERSION);

        assertThat(read(KEY, VERSION)).hasSize(32).isNotEqualTo(read(OTHER_KEY, VERSION));
        assertThat(VaultNode.copy(
                        new VaultNode(store).material.read(KEY, VERSION).orElseThrow()))
                .isEqualTo(read(KEY, VERSION));
        assertThat(node.material.read(KEY, OTHER_VERSION)).isEmpty();
    }

    @Test
    void what_is_there_stays() {
        node.material.put(KEY, VERSION, material(1));
        node.material.put(KEY, VERSION, material(2));
        assertThat(read(KEY, VERSION)).containsOnly(1);
    }

    @Test
    void destroying_deletes_every_version_of_the_key_alone() {
        node.material.put(KEY, VERSION, material(1));
        node.material.put(KEY, OTHER_VERSION, material(2));
        node.material.put(OTHER_KEY, VERSION, material(3));
        node.material.destroy(KEY);
        node.material.destroy(KEY);

        assertThat(node.material.read(KEY, VERSION)).isEmpty();
        assertThat(node.material.read(KEY, OTHER_VERSION)).isEmpty();
        assertThat(read(OTHER_KEY, VERSION)).containsOnly(3);
    }

    @Test
    void writes_and_deletions_share_the_callers_transaction() {
        node.rolledBack(() -> node.material.put(KEY, VERSION, material(1)));
        assertThat(rows("key_material")).isZero();

        node.material.put(KEY, VERSION, material(1));
        node.rolledBack(() -> node.material.destroy(KEY));
        assertThat(rows("key_material")).isEqualTo(1);

        node.rolledBack(() -> node.binding.tag(KEY, material(1)));
        assertThat(rows("key_binding")).isZero();
    }

    @Test
    void two_swapped_rows_do_not_unwrap() {
        node.material.put(KEY, VERSION, material(1));
        node.material.put(OTHER_KEY, VERSION, material(2));
        store.sql().sql("""
                        update key_material m set iv = o.iv, wrapped = o.wrapped
                        from key_material o where o.key_id <> m.key_id
                        """).update();

        for (KeyId each : new KeyId[] {KEY, OTHER_KEY}) {
            assertThatThrownBy(() -> node.material.read(each, VERSION))
                    .isInstanceOf(SecretUnwrapException.class)
                    .hasMessageContaining(each.value());
        }
    }

    @Test
    void a_row_under_another_version_does_not_unwrap() {
        node.material.put(KEY, VERSION, material(1));
        store.sql()
                .sql("update key_material set version_id = :version")
                .param("version", OTHER_VERSION.value())
                .update();
        assertThatThrownBy(() -> node.material.read(KEY, OTHER_VERSION)).isInstanceOf(SecretUnwrapException.class);
    }

    @Test
    void material_of_another_length_is_no_material() {
        assertThatThrownBy(() -> node.material.put(KEY, VERSION, SecretBytes.takeFrom(new byte[16])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_key_knows_its_material_again_until_it_is_destroyed() {
        MaterialTag tag = node.binding.tag(KEY, material(1));

        assertThat(node.binding.tag(KEY, material(1))).isEqualTo(tag);
        assertThat(new VaultNode(store).binding.tag(KEY, material(1))).isEqualTo(tag);
        assertThat(node.binding.tag(KEY, material(2))).isNotEqualTo(tag);
        assertThat(node.binding.tag(OTHER_KEY, material(1))).isNotEqualTo(tag);

        node.material.destroy(KEY);
        assertThat(node.binding.tag(KEY, material(1))).isEqualTo(tag);
        node.binding.destroy(KEY);
        assertThat(node.binding.tag(KEY, material(1))).isNotEqualTo(tag);
    }

    @Test
    void a_binding_secret_moved_to_another_key_does_not_unwrap() {
        node.binding.tag(KEY, material(1));
        store.sql()
                .sql("update key_binding set key_id = :key")
                .param("key", OTHER_KEY.asUuid())
                .update();
        assertThatThrownBy(() -> node.binding.tag(OTHER_KEY, material(1))).isInstanceOf(SecretUnwrapException.class);
    }

    @Test
    void nothing_lies_there_unwrapped() {
        SecretBytes material = material(0x5a);
        node.material.put(KEY, VERSION, material);
        String raw = HexFormat.of().formatHex(VaultNode.copy(material));
        assertThat(store.sql()
                        .sql(
                                "select m::text from key_material m union all select b::text from key_binding b union all select d::text from domain_key d")
                        .query(String.class)
                        .list())
                .isNotEmpty()
                .noneMatch(row -> row.contains(raw));
    }
}

package dev.keyledger.api.adapter.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.auth.AccessKey;
import dev.keyledger.api.startup.SettingsReader;
import dev.keyledger.api.startup.StartupFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapAccessKeysTest {

    @TempDir
    private Path directory = Path.of("");

    private final TestStore store = new TestStore();
    private final VaultNode node = new VaultNode(store);

    @AfterEach
    void close() {
        store.close();
    }

    private void bootstrap(Map<String, String> settings) {
        new BootstrapAccessKeys(
                        SettingsReader.read(settings, Map.of("keyledger.data.dir", directory.toString()), List.of()),
                        node.accessKeys,
                        node.audit,
                        node.jdbc,
                        node.transactions)
                .afterSingletonsInstantiated();
    }

    private static Map<String, String> pair(String id, String secret) {
        return Map.of("KEYLEDGER_ACCESS_KEY_ID", id, "KEYLEDGER_ACCESS_KEY_SECRET", secret);
    }

    private Path file() {
        return directory.resolve("access-key.env");
    }

    private String secret(String id) {
        try (AccessKey key = node.accessKeys.find(id, null).orElseThrow()) {
            return key.secret().use(bytes -> new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private List<String> bootstrapKeys() {
        return store.sql()
                .sql("select access_key_id from access_key where bootstrap")
                .query(String.class)
                .list();
    }

    private List<String> audited() {
        return store.sql()
                .sql("select action || ' ' || principal || ' ' || outcome from audit_record")
                .query(String.class)
                .list();
    }

    @Test
    void without_a_setting_one_is_made_and_written_for_its_owner_alone() throws IOException {
        bootstrap(Map.of());

        List<String> lines = Files.readAllLines(file());
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).matches("KEYLEDGER_ACCESS_KEY_ID=KL[A-Za-z0-9]{22}");
        assertThat(lines.get(1)).matches("KEYLEDGER_ACCESS_KEY_SECRET=[A-Za-z0-9]{40}");
        String id = lines.get(0).substring("KEYLEDGER_ACCESS_KEY_ID=".length());
        assertThat("KEYLEDGER_ACCESS_KEY_SECRET=" + secret(id)).isEqualTo(lines.get(1));
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));

        bootstrap(Map.of());
        assertThat(Files.readAllLines(file())).isEqualTo(lines);
        assertThat(bootstrapKeys()).containsExactly(id);
    }

    @Test
    void if_it_cannot_be_written_none_is_made() throws IOException {
        Files.createDirectory(file());
        Files.writeString(file().resolve("in the way"), "");
        assertThatThrownBy(() -> bootstrap(Map.of()))
                .isInstanceOf(StartupFailure.class)
                .hasMessageContaining("access-key.env");
        assertThat(bootstrapKeys()).isEmpty();
    }

    @Test
    void the_pair_of_the_settings_is_used_and_no_file_written() {
        bootstrap(pair("LTAIexample", "a secret-of-the-operator".replace(' ', '-')));
        bootstrap(pair("LTAIexample", "a-secret-of-the-operator"));

        assertThat(secret("LTAIexample")).isEqualTo("a-secret-of-the-operator");
        assertThat(bootstrapKeys()).containsExactly("LTAIexample");
        assertThat(file()).doesNotExist();
        assertThat(audited()).containsExactly("CreateBootstrapAccessKey system Success");
    }

    @Test
    void another_pair_replaces_it_and_is_audited() {
        bootstrap(Map.of());
        String generated = bootstrapKeys().get(0);
        bootstrap(pair("LTAIexample", "a-secret-of-the-operator"));
        assertThat(node.accessKeys.find(generated, null)).isEmpty();
        bootstrap(pair("LTAIexample", "another-secret-of-the-operator"));

        assertThat(secret("LTAIexample")).isEqualTo("another-secret-of-the-operator");
        assertThat(bootstrapKeys()).containsExactly("LTAIexample");
        assertThat(audited())
                .containsExactly(
                        "CreateBootstrapAccessKey system Success",
                        "ReplaceBootstrapAccessKey system Success",
                        "ReplaceBootstrapAccessKey system Success");
    }

    @Test
    void removing_the_setting_keeps_the_access_key() {
        bootstrap(pair("LTAIexample", "a-secret-of-the-operator"));
        bootstrap(Map.of());
        assertThat(bootstrapKeys()).containsExactly("LTAIexample");
        assertThat(file()).doesNotExist();
    }

    @Test
    void another_access_key_is_never_taken_over() {
        bootstrap(pair("LTAIexample", "a-secret-of-the-operator"));
        String other = node.inTransaction(
                () -> node.accessKeys.create("alice", "LTAIexample").entry().id());

        assertThatThrownBy(() -> bootstrap(pair(other, "a-secret-of-the-operator")))
                .isInstanceOf(StartupFailure.class)
                .hasMessageContaining(other);
        assertThat(bootstrapKeys()).containsExactly("LTAIexample");
        assertThat(audited()).containsExactly("CreateBootstrapAccessKey system Success");
    }
}

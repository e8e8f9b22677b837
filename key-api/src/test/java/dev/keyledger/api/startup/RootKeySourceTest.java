package dev.keyledger.api.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a root key is found, when one is made, and when the start is refused instead. */
class RootKeySourceTest {

    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

    @TempDir
    private Path directory = Path.of("");

    private final Map<String, String> settings = new HashMap<>();

    @BeforeEach
    void useDirectory() {
        settings.put("KEYLEDGER_DATA_DIR", directory.toString());
    }

    private RootKeySource source() {
        return RootKeySource.of(SettingsReader.read(settings, Map.of(), List.of()), new SecureRandom());
    }

    private Path file() {
        return directory.resolve("root-key");
    }

    private void useExternalDatabase() {
        settings.put("KEYLEDGER_DB_URL", "jdbc:postgresql://127.0.0.1/keyledger");
        settings.put("KEYLEDGER_DB_USER", "keyledger");
        settings.put("KEYLEDGER_DB_PASSWORD", "password");
    }

    private void makeDatabase() throws IOException {
        Files.createDirectories(directory.resolve("postgres"));
        Files.writeString(directory.resolve("postgres").resolve("PG_VERSION"), "18\n");
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(this::source)
                .isInstanceOf(StartupFailure.class)
                .satisfies(refused -> assertThat(refused).hasMessageContainingAll(words));
    }

    private static void assertSameKey(RootKeyProvider one, RootKeyProvider other) {
        WrappedSecret wrapped = one.wrap(SecretBytes.copyOf(new byte[] {1}), new byte[0]);
        assertThat(other.unwrap(wrapped, new byte[0]).length()).isEqualTo(1);
    }

    @Test
    void a_new_store_in_dev_mode_gets_one_which_is_written_only_when_kept() throws IOException {
        RootKeySource made = source();
        assertThat(file()).doesNotExist();

        made.keep();
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(made.provider().name()).isEqualTo("file");

        makeDatabase();
        RootKeySource found = source();
        found.keep();
        assertSameKey(made.provider(), found.provider());
    }

    @Test
    void existing_data_without_its_key_is_refused() throws IOException {
        makeDatabase();
        assertRefused("no root key", file().toString());
        assertThat(file()).doesNotExist();
    }

    @Test
    void outside_dev_mode_none_is_made() {
        settings.put("KEYLEDGER_HOST", "0.0.0.0");
        assertRefused("KEYLEDGER_ROOT_KEY");

        settings.remove("KEYLEDGER_HOST");
        useExternalDatabase();
        assertRefused("KEYLEDGER_DB_URL", "KEYLEDGER_ROOT_KEY_FILE");
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rwxrwxrwx", "rw--w----", "rw------x"})
    void a_file_that_others_can_touch_is_refused(String mode) throws IOException {
        source().keep();
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(mode));
        assertRefused("0600", file().toString());

        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("r--------"));
        assertThat(source().provider().name()).isEqualTo("file");
    }

    @Test
    void a_link_into_the_databases_directory_is_refused() throws IOException {
        makeDatabase();
        Path inside = Files.writeString(directory.resolve("postgres").resolve("key"), KEY);
        Files.setPosixFilePermissions(inside, PosixFilePermissions.fromString("rw-------"));
        Files.createSymbolicLink(file(), inside);
        assertRefused("inside the database's directory");
    }

    @Test
    void a_mounted_file_inside_the_databases_directory_is_refused() throws IOException {
        makeDatabase();
        Path inside = Files.writeString(directory.resolve("postgres").resolve("key"), KEY);
        settings.put("KEYLEDGER_ROOT_KEY_FILE", inside.toString());
        assertRefused("inside the database's directory", inside.toString());
    }

    @Test
    void a_setting_wins_and_is_never_written() throws IOException {
        settings.put("KEYLEDGER_ROOT_KEY", KEY);
        RootKeySource environment = source();
        environment.keep();
        assertThat(environment.provider().name()).isEqualTo("env");
        assertThat(directory).isEmptyDirectory();

        settings.remove("KEYLEDGER_ROOT_KEY");
        settings.put(
                "KEYLEDGER_ROOT_KEY_FILE",
                Files.writeString(directory.resolve("mounted"), KEY + "\n").toString());
        useExternalDatabase();
        RootKeySource mounted = source();
        assertThat(mounted.provider().name()).isEqualTo("mounted file");
        assertSameKey(environment.provider(), mounted.provider());
    }
}

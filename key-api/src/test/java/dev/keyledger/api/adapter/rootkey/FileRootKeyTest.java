package dev.keyledger.api.adapter.rootkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileRootKeyTest extends RootKeyProviderContract {

    @TempDir
    private Path directory = Path.of("");

    private final AtomicInteger number = new AtomicInteger();
    private final SecureRandom random = new SecureRandom();

    @Override
    RootKeyProvider provider(byte[] key) {
        Path file = directory.resolve("root-key-" + number.incrementAndGet());
        try {
            FileRootKey.write(file, SecretBytes.copyOf(key));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return FileRootKey.read(file, random);
    }

    @Override
    String name() {
        return "file";
    }

    @Test
    void its_file_is_base64_of_32_bytes_for_its_owner_alone() throws IOException {
        Path file = directory.resolve("new").resolve("root-key");
        FileRootKey.write(file, FileRootKey.generate(random));

        assertThat(Base64.getDecoder().decode(Files.readString(file).strip())).hasSize(32);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var files = Files.list(directory.resolve("new"))) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void a_file_that_is_there_is_never_overwritten() throws IOException {
        Path file = Files.writeString(directory.resolve("root-key"), "something");
        SecretBytes key = FileRootKey.generate(random);
        assertThatThrownBy(() -> FileRootKey.write(file, key)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("something");
    }

    @Test
    void generated_keys_differ() {
        assertThat(FileRootKey.generate(random).sameAs(FileRootKey.generate(random)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "not base64, and a secret",
                "AAAAAAAAAAAAAAAAAAAAAA==",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
            })
    void any_other_content_is_refused_without_being_quoted(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("root-key"), content);
        assertThatThrownBy(() -> FileRootKey.read(file, random))
                .isInstanceOf(StartupFailure.class)
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("a secret");
    }

    @Test
    void a_file_that_cannot_be_read_is_refused() {
        assertThatThrownBy(() -> FileRootKey.read(directory.resolve("absent"), random))
                .isInstanceOf(StartupFailure.class);
    }
}

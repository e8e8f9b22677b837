package dev.keyledger.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresBinariesTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, postgres-linux-x86_64.txz",
        "Linux, aarch64, postgres-linux-arm_64.txz",
        "Mac OS X, x86_64, postgres-darwin-x86_64.txz",
        "Mac OS X, aarch64, postgres-darwin-arm_64.txz",
        "Linux, riscv64, postgres-linux-riscv64.txz"
    })
    void each_machine_has_its_archive(String osName, String osArch, String archive) {
        assertThat(PostgresBinaries.archiveName(osName, osArch)).isEqualTo(archive);
    }

    @Test
    void the_build_fills_in_the_version() {
        assertThat(PostgresBinaries.version()).matches("18\\.[0-9]+\\.[0-9]+");
        assertThat(PostgresBinaries.majorVersion()).isEqualTo("18");
    }

    @Test
    void the_reason_of_a_failure_is_said_without_the_path() {
        assertThat(PostgresBinaries.reason(new AccessDeniedException("/somewhere")))
                .isEqualTo("permission denied");
        assertThat(PostgresBinaries.reason(new FileSystemException("/somewhere", null, "No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(PostgresBinaries.reason(new IOException("stream closed"))).isEqualTo("stream closed");
    }
}

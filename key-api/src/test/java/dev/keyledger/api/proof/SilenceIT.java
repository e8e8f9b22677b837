package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing phones home. The framework's update check, about a second after a start, would leave a file in the user's home; it leaves a test's own
 * process alone, so only a real one can show that it is off.
 */
class SilenceIT {

    @Test
    void a_node_leaves_nothing_in_its_users_home_directory(@TempDir Path directory) throws IOException {
        Path home = Files.createDirectories(directory.resolve("home"));
        try (KeyledgerProcess node = KeyledgerProcess.in(directory.resolve("node"))
                .jvmFlag("-Duser.home=" + home)
                .plainJar()
                .bare()
                .start()) {
            SignedHttp client = new SignedHttp(node);
            String key = client.call("CreateKey", Map.of()).granted().text("KeyMetadata.KeyId");
            client.call("ScheduleKeyDeletion", Map.of("KeyId", key, "PendingWindowInDays", "7"))
                    .granted();
            node.stop();
        }
        try (Stream<Path> left = Files.list(home)) {
            assertThat(left).isEmpty();
        }
    }
}

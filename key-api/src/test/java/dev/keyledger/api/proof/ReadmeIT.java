package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells its reader to type works as it stands there. */
class ReadmeIT {

    private static final Pattern QUICKSTART =
            Pattern.compile("<!-- run: quickstart -->\\R```bash\\R(.*?)```", Pattern.DOTALL);

    @Test
    @Tag("openssl")
    @ForeignProgram({"bash", "openssl", "curl"})
    void the_first_key_and_the_owners_key_are_made_as_written(@TempDir Path directory) throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        StringBuilder script = new StringBuilder("set -eu\n");
        Matcher blocks = QUICKSTART.matcher(readme);
        while (blocks.find()) {
            script.append(blocks.group(1));
        }
        try (KeyledgerProcess node = KeyledgerProcess.in(directory.resolve("node"))
                .asShipped()
                .bare()
                .start()) {
            Path home = node.launch().directory();
            Files.writeString(
                    home.resolve("quickstart"),
                    script.toString()
                            .replace("http://127.0.0.1:8080", node.url().toString()));
            String printed = new Shell(home).run("bash quickstart");
            assertThat(printed)
                    .contains("attack at dawn")
                    .doesNotContain("\"Code\"")
                    .containsPattern("\"KeyState\":\"Enabled\"(?s:.*)\"KeyState\":\"Enabled\"")
                    .containsPattern("\"MaterialExpireTime\":\"2");
            node.stop();
        }
    }
}

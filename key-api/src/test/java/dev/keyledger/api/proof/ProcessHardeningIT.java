package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.proof.KeyledgerProcess.Launch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service as the README starts it, under the flags it is shipped with: nobody reads its memory through the virtual machine's own doors. */
class ProcessHardeningIT {

    @TempDir
    private Path directory;

    @Test
    void nobody_attaches_to_the_process() throws IOException, InterruptedException {
        Launch launch = KeyledgerProcess.in(directory.resolve("node")).asShipped();
        try (KeyledgerProcess node = launch.start()) {
            // Its database is its own child.
            ProcessHandle service =
                    node.postmaster().flatMap(ProcessHandle::parent).orElseThrow();
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(service.pid()),
                            "GC.heap_info")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(jcmd.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(jcmd.exitValue()).as(output).isNotZero();
            assertThat(node.ready()).isTrue();
        }
    }
}

package dev.keyledger.bench.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The packaged jar's replay of a store that no node runs, with the memory it takes. */
public final class ReplayProcess {

    private static final Duration LIMIT = Duration.ofHours(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    private ReplayProcess() {}

    /**
     * What came of it.
     *
     * @param output all it said, standard error too
     * @param seconds from the start of the process to its end
     * @param resident MiB at each look
     */
    public record Ended(String output, double seconds, List<Double> resident) {}

    /** Runs it to its end. */
    public static Ended run(JavaLaunch launch, Path jar, Path store) {
        List<String> command = new ArrayList<>(launch.node(jar));
        command.addAll(List.of("replay", "--verify", "--output", "json"));
        long begun = System.nanoTime();
        Path output = output();
        List<Double> resident = new ArrayList<>();
        try (JavaProcess process = JavaProcess.start(
                command,
                store,
                output,
                Map.of("KEYLEDGER_DATA_DIR", store.resolve("keyledger-data").toString()))) {
            long[] next = {begun};
            process.awaitEnd(LIMIT, () -> {
                if (System.nanoTime() - next[0] >= 0) {
                    next[0] += BETWEEN_LOOKS.toNanos();
                    resident.add(ResidentMemory.of(List.of(process.pid())).resident());
                }
            });
            return new Ended(process.output(), (System.nanoTime() - begun) / 1e9, resident);
        }
    }

    private static Path output() {
        try {
            return Files.createTempFile("replay", ".txt");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

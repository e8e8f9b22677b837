package dev.keyledger.bench;

import dev.keyledger.bench.target.JavaLaunch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all measurements have in common: how long, how often, and how the node is started. */
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class RunOptions {

    @Option(
            names = "--warm-up",
            description = "seconds of load before anything is measured (default: ${DEFAULT-VALUE})")
    int warmUpSeconds = 20;

    @Option(names = "--measure", description = "seconds of each measurement (default: ${DEFAULT-VALUE})")
    int measureSeconds = 5;

    @Option(names = "--repetitions", description = "how often everything is measured (default: ${DEFAULT-VALUE})")
    int repetitions = 5;

    @Option(
            names = "--quick",
            description = "2 repetitions of 2 seconds after 5 seconds of warm-up: shows that it works")
    boolean quick;

    @Option(names = "--jar", description = "the packaged service (default: ${DEFAULT-VALUE})")
    Path jar = Path.of("key-api/target/keyledger.jar");

    @Option(names = "--java", description = "the java program for all servers (default: the one that runs this)")
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");

    @Option(
            names = "--jvm-flags",
            description =
                    "file of flags of all servers' JVMs, by default those that are shipped (default: ${DEFAULT-VALUE})")
    Path flagsFile = Path.of("key-api/src/packaging/jvm.flags");

    @Option(names = "--jvm-arg", description = "further flag of the servers' JVMs, may be repeated")
    List<String> jvmFlags = new ArrayList<>();

    @Option(
            names = "--launch",
            description =
                    "how a node is started: words with {java}, {flags} and {jar} in them (default: ${DEFAULT-VALUE})")
    String launch = JavaLaunch.PLAIN;

    @Option(names = "--set", description = "setting of the node, KEYLEDGER_NAME=value, may be repeated")
    Map<String, String> settings = new HashMap<>();

    @Option(names = "--directory", description = "where the stores lie (default: a temporary directory)")
    @Nullable
    Path directory;

    Duration warmUp() {
        return Duration.ofSeconds(quick ? 5 : warmUpSeconds);
    }

    Duration measure() {
        return Duration.ofSeconds(quick ? 2 : measureSeconds);
    }

    int repetitions() {
        return quick ? 2 : repetitions;
    }

    JavaLaunch launch() {
        Stream<String> shipped = Stream.of("@" + flagsFile.toAbsolutePath());
        return new JavaLaunch(java, Stream.concat(shipped, jvmFlags.stream()).toList(), launch);
    }

    Path jar() {
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("there is no " + jar + "; build it first (mvn -DskipTests package)");
        }
        return jar.toAbsolutePath();
    }

    /** The same options with more flags for the servers' JVMs. */
    RunOptions and(List<String> moreFlags) {
        RunOptions more = new RunOptions();
        more.warmUpSeconds = warmUpSeconds;
        more.measureSeconds = measureSeconds;
        more.repetitions = repetitions;
        more.quick = quick;
        more.jar = jar;
        more.java = java;
        more.flagsFile = flagsFile;
        more.jvmFlags = Stream.concat(jvmFlags.stream(), moreFlags.stream()).toList();
        more.launch = launch;
        more.settings = settings;
        more.directory = directory;
        return more;
    }

    /** A number as text, alike in all languages. */
    static String decimal(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** A directory of this run alone, deleted when the run is over. */
    WorkDirectory workDirectory() {
        try {
            return new WorkDirectory(
                    directory == null
                            ? Files.createTempDirectory("keyledger-bench")
                            : Files.createTempDirectory(Files.createDirectories(directory), "keyledger-bench"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A directory that goes with its user. */
    record WorkDirectory(Path path) implements AutoCloseable {

        @Override
        public void close() {
            try (Stream<Path> files = Files.walk(path)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}

package dev.keyledger.bench;

import dev.keyledger.bench.target.JavaLaunch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Several ways to start a node, on several Javas, to be compared. */
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class LaunchOptions {

    @Option(
            names = "--way",
            description = "a way to start: name=words with {java} and {jar} in them; may be repeated (default: plain)")
    Map<String, String> ways = new LinkedHashMap<>();

    @Option(names = "--jdk", split = ",", description = "java programs (default: the one that runs this)")
    List<Path> javas = List.of(Path.of(System.getProperty("java.home"), "bin", "java"));

    @Option(names = "--store", description = "directory of a store made by fill (default: one is made and thrown away)")
    @Nullable
    Path store;

    /**
     * One way on one Java.
     *
     * @param name for the tables
     */
    record Way(String name, JavaLaunch launch) {}

    List<Way> all() {
        Map<String, String> named = ways.isEmpty() ? Map.of("plain", JavaLaunch.PLAIN) : ways;
        List<Way> all = new ArrayList<>();
        for (Path java : javas) {
            named.forEach(
                    (name, words) -> all.add(new Way(name + ", " + java, new JavaLaunch(java, List.of(), words))));
        }
        return all;
    }
}

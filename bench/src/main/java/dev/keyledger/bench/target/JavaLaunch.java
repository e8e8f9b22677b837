package dev.keyledger.bench.target;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How every measured JVM is started, so that all are started alike.
 *
 * @param java the {@code java} program
 * @param flags flags of the JVM
 * @param nodeCommand how a node is started, with <code>{java}</code>, <code>{flags}</code> and <code>{jar}</code> for what they say, words
 *     separated by blanks
 */
public record JavaLaunch(Path java, List<String> flags, String nodeCommand) {

    /** The jar and nothing else. */
    public static final String PLAIN = "{java} {flags} -jar {jar}";

    List<String> node(Path jar) {
        List<String> command = new ArrayList<>();
        for (String word : nodeCommand.trim().split("\\s+", -1)) {
            if (word.equals("{flags}")) {
                command.addAll(flags);
            } else {
                command.add(word.replace("{java}", java.toString()).replace("{jar}", jar.toString()));
            }
        }
        return command;
    }

    List<String> main(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath(), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /** Ours, from whatever directory the other process starts. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}

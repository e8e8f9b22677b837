package dev.keyledger.api.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The virtual machine's flags in the container image. */
public final class ImageFlags {

    private static final Pattern FLAG = Pattern.compile("\"(-XX:[^\"]+)\"");

    private ImageFlags() {}

    public static List<String> read() throws IOException {
        String dockerfile = Files.readString(Path.of("Dockerfile"));
        return FLAG.matcher(dockerfile.substring(dockerfile.indexOf("ENTRYPOINT")))
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}

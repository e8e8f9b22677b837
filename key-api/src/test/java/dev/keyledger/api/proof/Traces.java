package dev.keyledger.api.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Secrets in all the forms in which they could have been written down, and the places where one of them turns up. */
final class Traces {

    private final Map<String, String> forms = new LinkedHashMap<>();

    /** Adds a secret under a name for the report. */
    Traces add(String name, byte[] secret) {
        forms.put(name + ", raw", new String(secret, StandardCharsets.ISO_8859_1));
        forms.put(name + ", hex", HexFormat.of().formatHex(secret));
        forms.put(name + ", upper-case hex", HexFormat.of().withUpperCase().formatHex(secret));
        // Where the secret begins inside a longer text decides how Base64 cuts it; the middle is the same in each of
        // the three cases.
        for (int offset = 0; offset < 3; offset++) {
            byte[] shifted = new byte[offset + secret.length];
            System.arraycopy(secret, 0, shifted, offset, secret.length);
            String whole = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            int from = offset == 0 ? 0 : offset + 1;
            String middle = whole.substring(from, whole.length() - 2);
            forms.put(name + ", Base64 from byte " + offset, middle);
            forms.put(
                    name + ", URL-safe Base64 from byte " + offset,
                    middle.replace('+', '-').replace('/', '_'));
        }
        return this;
    }

    Traces add(String name, String secret) {
        return add(name, secret.getBytes(StandardCharsets.UTF_8));
    }

    /** Names of the forms found in a text. */
    List<String> in(String text) {
        return forms.entrySet().stream()
                .filter(form -> text.contains(form.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean holdsPrograms(Path directory) {
        return directory.getFileName().toString().startsWith("postgres-binaries-");
    }

    /** Files below a directory that hold one of the forms; programs and the files that are there to keep a secret are left out. */
    List<String> below(Path directory, List<String> leftOut) {
        List<String> found = new ArrayList<>();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
                    return holdsPrograms(each) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    // The lent programs are a link.
                    boolean programs = attributes.isSymbolicLink() && holdsPrograms(file);
                    if (!programs && !leftOut.contains(file.getFileName().toString())) {
                        for (String form : in(Files.readString(file, StandardCharsets.ISO_8859_1))) {
                            found.add(form + " in " + directory.relativize(file));
                        }
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return found;
    }
}

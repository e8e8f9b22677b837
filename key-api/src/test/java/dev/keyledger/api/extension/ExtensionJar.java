package dev.keyledger.api.extension;

import dev.keyledger.extension.event.KeyEventHandler;
import dev.keyledger.extension.report.Report;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Makes extensions the way their authors do: a class is compiled against what is public, and packed. */
public final class ExtensionJar {

    private static final String SERVICES = "META-INF/services/";

    private static final Pattern PACKAGE = Pattern.compile("^package ([a-z.]+);", Pattern.MULTILINE);
    private static final Pattern CLASS = Pattern.compile("^public final class (\\w+)", Pattern.MULTILINE);
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private ExtensionJar() {}

    /** The report of {@code docs/extensions.md}, to the letter. */
    public static String documented() {
        return documented("WeekendDecrypts");
    }

    /** An example of {@code docs/extensions.md}, to the letter. */
    public static String documented(String name) {
        try {
            return JAVA.matcher(Files.readString(Path.of("../docs/extensions.md")))
                    .results()
                    .map(block -> block.group(1))
                    .filter(source -> className(source).endsWith("." + name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("the guide has no " + name));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** A new directory with nothing in it but a handler that is called so and does nothing. */
    public static Path quietHandler(String name) {
        try {
            Path directory =
                    Files.createDirectory(Files.createTempDirectory("keyledger").resolve("extensions"));
            of("""
                    package com.example;

                    import dev.keyledger.extension.event.*;

                    public final class Quiet implements KeyEventHandler {
                        public String name() { return "%s"; }
                        public void handle(KeyEvent event) {}
                    }
                    """.formatted(name), directory, name + ".jar");
            return directory;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Compiles a report or a handler and packs it, as the guide says. */
    public static Path of(String source, Path directory, String name) {
        try {
            Path work = Files.createTempDirectory(directory.toAbsolutePath().getParent(), "extension");
            Path classes = Files.createDirectory(work.resolve("classes"));
            compile(source, work, classes);
            Path jar = directory.resolve(name);
            // Written aside and moved, as a jar is put into its place.
            Path aside = work.resolve("made.jar");
            try (OutputStream file = Files.newOutputStream(aside);
                    JarOutputStream out = new JarOutputStream(file);
                    Stream<Path> all = Files.walk(classes)) {
                for (Path each : all.filter(Files::isRegularFile).toList()) {
                    add(out, classes.relativize(each).toString().replace('\\', '/'), Files.readAllBytes(each));
                }
                add(out, service(source), (className(source) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return Files.move(aside, jar, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A jar of some text files, by name and content. */
    public static Path ofFiles(Path jar, String... namesAndContents) {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                add(out, namesAndContents[i], namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8));
            }
            return jar;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }

    private static String className(String source) {
        Matcher inPackage = PACKAGE.matcher(source);
        Matcher named = CLASS.matcher(source);
        if (!inPackage.find() || !named.find()) {
            throw new AssertionError("no class in: " + source);
        }
        return inPackage.group(1) + "." + named.group(1);
    }

    private static String service(String source) {
        return SERVICES + (source.contains("implements Report") ? Report.class : KeyEventHandler.class).getName();
    }

    private static void compile(String source, Path work, Path classes) throws IOException {
        String name = className(source);
        Path file = Files.writeString(work.resolve(name.substring(name.lastIndexOf('.') + 1) + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            // The one jar that authors are told to compile against, and nothing else of the service.
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, List.of(published()));
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            StringWriter messages = new StringWriter();
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of("--release", "17", "-proc:none"),
                            null,
                            files.getJavaFileObjects(file))
                    .call();
            if (!compiled) {
                throw new AssertionError("the extension does not compile: " + messages);
            }
        }
    }

    private static Path published() {
        try {
            return Path.of(Report.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }
}

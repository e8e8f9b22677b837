package dev.keyledger.api.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.api.startup.StartupFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every jar is an extension that can be used, or the start is refused with a sentence that names it. */
class ExtensionsTest {

    private static final String SERVICE = "META-INF/services/dev.keyledger.extension.report.Report";

    @TempDir
    private Path temp;

    private Path directory;

    @SuppressWarnings("NullAway.Init") // Made before each test.
    ExtensionsTest() {}

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectory(temp.resolve("extensions"));
    }

    private void refused(String jar, String... words) {
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> Extensions.in(directory).close())
                .satisfies(refusal -> assertThat(refusal.getMessage())
                        .contains(words)
                        .contains(directory.resolve(jar).toString())
                        .doesNotContain("\n")
                        .endsWith("."));
    }

    /** A report whose methods answer what they are given. */
    private static String source(String body) {
        return """
                package com.example;

                import dev.keyledger.extension.report.*;

                public final class Mine implements Report {
                %s
                    public void accept(LogRecord record, ReportTables tables) {}
                }
                """.formatted(body);
    }

    /** A handler whose methods answer what they are given. */
    private static String handler(String body) {
        return """
                package com.example;

                import dev.keyledger.extension.event.*;

                public final class Listener implements KeyEventHandler {
                %s
                    public void handle(KeyEvent event) {}
                }
                """.formatted(body);
    }

    private static String named(String name) {
        return """
                public String name() { return "%s"; }
                public int version() { return 1; }
                public void prepare(ReportSchema schema) { schema.table("t").key("k", ColumnType.TEXT); }
                """.formatted(name);
    }

    @Test
    void the_example_of_the_guide_is_loaded() throws IOException {
        ExtensionJar.of(ExtensionJar.documented(), directory, "weekends.jar");
        Files.writeString(directory.resolve("README"), "whatever is no jar is nobody's business");
        try (Extensions extensions = Extensions.in(directory)) {
            assertThat(extensions.reports())
                    .singleElement()
                    .satisfies(loaded -> assertThat(loaded.report().name()).isEqualTo("weekends"));
        }
    }

    @Test
    void a_handler_alone_is_an_extension_and_so_is_the_example_of_one() {
        ExtensionJar.of(ExtensionJar.documented("TellTheOwners"), directory, "owners.jar");
        ExtensionJar.of(handler("public String name() { return \"quiet\"; }"), directory, "quiet.jar");
        try (Extensions extensions = Extensions.in(directory)) {
            assertThat(extensions.reports()).isEmpty();
            assertThat(extensions.handlers())
                    .extracting(loaded -> loaded.name() + " " + loaded.start())
                    .containsExactly("owners NOW", "quiet NOW");
        }
    }

    @Test
    void a_handler_that_cannot_be_told_apart() {
        ExtensionJar.of(handler("public String name() { return \"kafka\"; }"), directory, "x.jar");
        refused("x.jar", "the name kafka is that of a subscriber of the service itself");
        ExtensionJar.of(handler("public String name() { return \"a-b\"; }"), directory, "x.jar");
        refused("x.jar", "com.example.Listener has no name of 1 to 24 lower-case letters and digits");
        ExtensionJar.of(handler("public String name() { return \"same\"; }"), directory, "x.jar");
        ExtensionJar.of(handler("public String name() { return \"same\"; }"), directory, "y.jar");
        refused("y.jar", "the handler same is in x.jar too");
    }

    @Test
    void a_handler_that_does_not_say_where_it_begins() {
        ExtensionJar.of(
                handler("public String name() { return \"lost\"; } public Start start() { return null; }"),
                directory,
                "lost.jar");
        refused("lost.jar", "the handler lost does not say where it begins");
    }

    @Test
    void a_directory_that_is_not_there() {
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> Extensions.in(temp.resolve("missing")))
                .withMessageContaining("KEYLEDGER_EXTENSIONS_DIR")
                .withMessageContaining("missing");
    }

    @Test
    void a_file_that_is_no_jar() throws IOException {
        Files.writeString(directory.resolve("broken.jar"), "no jar");
        refused("broken.jar", "no jar that can be read");
    }

    @Test
    void a_jar_with_neither_report_nor_handler() {
        ExtensionJar.ofFiles(directory.resolve("empty.jar"), "readme.txt", "nothing");
        refused(
                "empty.jar",
                "names no report in " + SERVICE,
                "no handler in META-INF/services/dev.keyledger.extension.event.KeyEventHandler");
    }

    @Test
    void a_report_that_is_not_there_or_is_none() {
        ExtensionJar.ofFiles(directory.resolve("typo.jar"), SERVICE, "com.example.Missing\n");
        refused("typo.jar", "its code cannot be loaded", "com.example.Missing");
        ExtensionJar.ofFiles(directory.resolve("typo.jar"), SERVICE, "java.lang.String\n");
        refused("typo.jar", "names no report");
    }

    @Test
    void code_that_fails_while_it_is_asked_what_it_is() {
        ExtensionJar.of(source("""
                        public String name() { throw new IllegalStateException("no name today"); }
                        public int version() { return 1; }
                        public void prepare(ReportSchema schema) {}
                        """), directory, "moody.jar");
        refused("moody.jar", "its code cannot be loaded", "no name today");
    }

    @Test
    void a_table_that_is_not_its_own() {
        ExtensionJar.of(source(named("mine").replace("\"t\"", "\"public.audit_record\"")), directory, "greedy.jar");
        refused("greedy.jar", "the report mine has tables that cannot be made", "public.audit_record");
    }

    @Test
    void two_reports_of_one_name() {
        ExtensionJar.of(source(named("mine")), directory, "a.jar");
        ExtensionJar.of(source(named("mine")), directory, "b.jar");
        refused("b.jar", "the report mine is in a.jar too");
    }

    @Test
    void the_libraries_of_the_service_are_out_of_sight() {
        for (String internal : new String[] {
            "dev.keyledger.evidence.AuditRecordForm",
            "org.springframework.context.ApplicationContext",
            "tools.jackson.databind.json.JsonMapper"
        }) {
            ExtensionJar.of(source(named("mine") + """
                            public Mine() throws ClassNotFoundException {
                                Class.forName("%s");
                            }
                            """.formatted(internal)), directory, "curious.jar");
            refused("curious.jar", "its code cannot be loaded", "ClassNotFoundException", internal);
        }
    }
}

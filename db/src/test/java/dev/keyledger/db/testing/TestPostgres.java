package dev.keyledger.db.testing;

import dev.keyledger.db.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/**
 * The one embedded server of a test run's JVM, under {@code target/}, started when first asked for and gone with the JVM. A fresh database is
 * a copy of a template that was migrated once.
 */
public final class TestPostgres {

    private static final String TEMPLATE = "keyledger_template";
    /** Not the unfinished ones, which have more after the version. */
    private static final Pattern PROGRAMS = Pattern.compile("postgres-binaries-[0-9.]+");

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static @Nullable EmbeddedPostgres server;
    private static boolean templateMade;

    private TestPostgres() {}

    /** A database with Keyledger's schema and privileges. */
    public static TestDatabase freshDatabase() {
        makeTemplate();
        return create("template " + TEMPLATE);
    }

    /** A database without any table. */
    public static TestDatabase emptyDatabase() {
        return create("");
    }

    /** The server itself. */
    public static synchronized EmbeddedPostgres server() {
        if (server == null) {
            Path directory = Path.of("target")
                    .toAbsolutePath()
                    .resolve("test-postgres-" + ProcessHandle.current().pid());
            EmbeddedPostgres started = EmbeddedPostgres.start(directory, programs(), line -> {});
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                started.close();
                delete(directory);
            }));
            server = started;
        }
        return server;
    }

    /** Where the server's programs are unpacked: once for all modules of the build; a module opened alone has a copy of its own. */
    public static Path programs() {
        Path module = Path.of("").toAbsolutePath();
        Path root = Files.exists(module.resolveSibling("pom.xml"))
                ? module.resolveSibling("target")
                : module.resolve("target");
        try {
            return Files.createDirectories(root);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * Gives a data directory that a node of its own process is about to use the programs that this build has unpacked already, by a link, so
     * that the node need not unpack them once more. Does nothing where there are none yet, or where the directory has them.
     */
    public static void lendPrograms(Path dataDirectory) {
        try (Stream<Path> unpacked = Files.list(programs())) {
            for (Path each : unpacked.filter(Files::isDirectory)
                    .filter(each ->
                            PROGRAMS.matcher(each.getFileName().toString()).matches())
                    .toList()) {
                Path link = dataDirectory.resolve(each.getFileName());
                if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createSymbolicLink(link, each);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static synchronized void makeTemplate() {
        if (templateMade) {
            return;
        }
        EmbeddedPostgres postgres = server();
        administer("create database " + TEMPLATE + " owner " + postgres.ownerUser());
        furnish(new TestDatabase(
                postgres.jdbcUrl(TEMPLATE),
                postgres.ownerUser(),
                postgres.ownerPassword(),
                postgres.serviceUser(),
                postgres.servicePassword()));
        templateMade = true;
    }

    /** Gives a database without any table Keyledger's schema and privileges, wherever it lies. */
    public static void furnish(TestDatabase empty) {
        Flyway.configure()
                .dataSource(empty.url(), empty.ownerUser(), empty.ownerPassword())
                .locations("classpath:db/migration")
                .load()
                .migrate();
        run(
                empty.url(),
                empty.ownerUser(),
                empty.ownerPassword(),
                privileges().replace("${service_role}", empty.serviceUser()));
    }

    private static TestDatabase create(String from) {
        EmbeddedPostgres postgres = server();
        String name = "test_" + NUMBER.incrementAndGet();
        administer("create database " + name + " owner " + postgres.ownerUser() + " " + from);
        return new TestDatabase(
                postgres.jdbcUrl(name),
                postgres.ownerUser(),
                postgres.ownerPassword(),
                postgres.serviceUser(),
                postgres.servicePassword());
    }

    static void drop(TestDatabase database) {
        // "with (force)" ends the connections that a test left open.
        administer("drop database if exists "
                + database.url().substring(database.url().lastIndexOf('/') + 1) + " with (force)");
    }

    /** A statement of the superuser on the server as a whole. */
    public static synchronized void administer(String statement) {
        EmbeddedPostgres postgres = server();
        run(postgres.jdbcUrl("postgres"), postgres.superuser(), postgres.superuserPassword(), statement);
    }

    private static void run(String url, String user, String password, String statements) {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static String privileges() {
        try (InputStream script = TestPostgres.class.getResourceAsStream("/db/privileges.sql")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) throws IOException {
                    Files.delete(each);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

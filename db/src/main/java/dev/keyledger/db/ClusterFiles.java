package dev.keyledger.db;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What lies in the database directory: {@code cluster} (the server's data), one 0600 file with the generated password of each role, and
 * {@code server.log}. The directory is made under another name and renamed when it is complete, so it is there whole or not at all.
 */
final class ClusterFiles {

    static final String OWNER = "keyledger_owner";
    static final String SERVICE = "keyledger";
    static final String DATABASE = "keyledger";
    static final String SUPERUSER = "postgres";

    private static final int PASSWORD_BYTES = 24;
    private static final long PROGRAM_MINUTES = 10;

    private static final Pattern LABEL = Pattern.compile("(FATAL|PANIC|ERROR|error):");

    private final Path directory;

    ClusterFiles(Path directory) {
        this.directory = directory;
    }

    Path cluster() {
        return directory.resolve("cluster");
    }

    Path log() {
        return directory.resolve("server.log");
    }

    String password(String role) throws IOException {
        return Files.readString(passwordFile(directory, role)).strip();
    }

    private static Path passwordFile(Path directory, String role) {
        return directory.resolve(role + ".password");
    }

    /** Whether there is a database; refuses a directory that holds something else, or another version's database. */
    boolean exist() throws IOException {
        Path version = cluster().resolve("PG_VERSION");
        if (Files.exists(version)) {
            String found = Files.readString(version).strip();
            if (!found.equals(PostgresBinaries.majorVersion())) {
                throw new EmbeddedPostgresException(
                        "The database in " + directory + " was written by PostgreSQL " + found
                                + " and this Keyledger brings PostgreSQL " + PostgresBinaries.majorVersion()
                                + "; start it with the Keyledger that wrote it, or move it with pg_upgrade or pg_dump of an installed PostgreSQL.");
            }
            return true;
        }
        if (Files.isDirectory(directory)) {
            try (Stream<Path> content = Files.list(directory)) {
                if (content.findAny().isPresent()) {
                    throw new EmbeddedPostgresException(
                            "The directory " + directory
                                    + " is not empty and holds no database of Keyledger; set another KEYLEDGER_DATA_DIR or restore a back-up.");
                }
            }
        }
        return false;
    }

    /** Makes the database with its two roles. */
    void make(PostgresBinaries binaries, Launch launch, SecureRandom random) throws IOException {
        Path unfinished = directory.resolveSibling(directory.getFileName() + ".new");
        FileTree.delete(unfinished);
        try {
            Files.createDirectory(
                    unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            newPassword(unfinished, SUPERUSER, random);
            String owner = newPassword(unfinished, OWNER, random);
            String service = newPassword(unfinished, SERVICE, random);
            if (launch.owner().isPresent()) {
                FileTree.changeOwner(unfinished, launch.owner().get());
            }
            if (!launch.canWrite(unfinished)) {
                throw new EmbeddedPostgresException("The user of the PostgreSQL server cannot write to " + directory
                        + "; open its parent directories or start Keyledger as an ordinary user.");
            }
            Path cluster = unfinished.resolve("cluster");
            initialise(binaries, launch, unfinished, cluster);
            makeRoles(binaries, launch, cluster, owner, service);
            Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
            // From here on acknowledged changes go into the directory, so its name must be as durable as they are.
            FileTree.sync(directory.resolveSibling("."));
        } finally {
            FileTree.delete(unfinished);
        }
    }

    private static String newPassword(Path directory, String role, SecureRandom random) throws IOException {
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Path file = Files.createFile(
                passwordFile(directory, role),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, password + "\n");
        return password;
    }

    private static void initialise(PostgresBinaries binaries, Launch launch, Path unfinished, Path cluster)
            throws IOException {
        ProcessBuilder initdb = launch.program(
                binaries.program("initdb"),
                List.of(
                        "-D",
                        cluster.toString(),
                        "-U",
                        SUPERUSER,
                        "--auth=scram-sha-256",
                        "--pwfile=" + passwordFile(unfinished, SUPERUSER),
                        // The same order of text on every machine, whatever its C library.
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--locale=C",
                        "-E",
                        "UTF8",
                        "--data-checksums",
                        "--no-instructions"));
        run("initdb", initdb, "");
    }

    private static void makeRoles(PostgresBinaries binaries, Launch launch, Path cluster, String owner, String service)
            throws IOException {
        // Single-user mode: the statements run before anyone could connect. One statement per line is its syntax.
        ProcessBuilder single = launch.program(
                binaries.program("postgres"),
                List.of("--single", "-D", cluster.toString(), "-c", "exit_on_error=on", "postgres"));
        String statements = String.join(
                "\n",
                "create role " + OWNER + " login password '" + owner + "'",
                "create role " + SERVICE + " login password '" + service + "'",
                "create database " + DATABASE + " owner " + OWNER,
                "revoke all on database " + DATABASE + " from public",
                "grant connect on database " + DATABASE + " to " + SERVICE,
                "");
        run("postgres", single, statements);
    }

    private static void run(String name, ProcessBuilder builder, String input) throws IOException {
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(PROGRAM_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(name + " did not end within " + PROGRAM_MINUTES + " minutes");
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(name + " was interrupted", stopped);
        }
        if (process.exitValue() != 0) {
            throw new IOException(complaint(name, output));
        }
    }

    /** The lines of a program's output that say why it failed, in one. */
    static String complaint(String name, String output) {
        List<String> lines = output.lines().map(String::strip).toList();
        Optional<String> hint = lines.stream()
                .filter(line -> line.contains("HINT:"))
                .findFirst()
                .map(line -> "; " + afterLabel(line));
        return lines.stream()
                .filter(line -> LABEL.matcher(line).find())
                .findFirst()
                .or(() -> lines.stream().filter(line -> !line.isEmpty()).reduce((first, second) -> second))
                .map(line -> name + ": " + afterLabel(line) + hint.orElse(""))
                .orElse(name + " failed without a word");
    }

    /** The last line of a server's log that says why it, or a connection, ended. */
    static Optional<String> lastComplaint(List<String> log) {
        return log.stream()
                .filter(line -> line.contains("PANIC:") || line.contains("FATAL:") || line.startsWith("postgres:"))
                .reduce((earlier, later) -> later)
                .map(ClusterFiles::afterLabel);
    }

    private static String afterLabel(String line) {
        return line.replaceFirst("^.*?(FATAL|PANIC|ERROR|error|HINT|^postgres):\\s*", "");
    }
}

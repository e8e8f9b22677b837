package dev.keyledger.db;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The server's programs, unpacked once from the archive on the class path. They lie beside the database and not in it, so that a copy of the
 * database directory is a back-up of data alone, and in a directory named after their version, so that an upgrade never mixes two of them.
 */
final class PostgresBinaries {

    private static final String OWNER_ONLY_WRITES = "rwxr-xr-x";

    private final Path home;
    private final boolean unpackedNow;

    private PostgresBinaries(Path home, boolean unpackedNow) {
        this.home = home;
        this.unpackedNow = unpackedNow;
    }

    /** Version of the server the build brought along, such as 18.6.0. */
    static String version() {
        Properties properties = new Properties();
        try (InputStream in = PostgresBinaries.class.getResourceAsStream("postgres-binaries.properties")) {
            properties.load(in);
        } catch (IOException unreadable) {
            throw new IllegalStateException("postgres-binaries.properties cannot be read", unreadable);
        }
        return properties.getProperty("version");
    }

    /** Major version, as the server writes it into {@code PG_VERSION}. */
    static String majorVersion() {
        return version().split("\\.", 2)[0];
    }

    /** Finds the unpacked programs in {@code parent}, or unpacks them there. */
    static PostgresBinaries in(Path parent, Consumer<String> progress) {
        Path home = parent.resolve("postgres-binaries-" + version());
        if (Files.isDirectory(home)) {
            return new PostgresBinaries(home, false);
        }
        String archive = archiveName(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        try (InputStream in = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
            if (in == null) {
                throw new EmbeddedPostgresException("This build of Keyledger brings no PostgreSQL for this machine ("
                        + archive + " is missing); build it on a machine of this kind or set KEYLEDGER_DB_URL.");
            }
            progress.accept("Unpacking PostgreSQL " + version() + " (only at the first start) …");
            unpack(in, home);
            return new PostgresBinaries(home, true);
        } catch (IOException failed) {
            throw new EmbeddedPostgresException(
                    "The programs of PostgreSQL cannot be unpacked to " + home + " (" + reason(failed) + ").", failed);
        }
    }

    static String archiveName(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String system = os.startsWith("mac") ? "darwin" : os.startsWith("windows") ? "windows" : "linux";
        String machine = switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> osArch;
        };
        return "postgres-" + system + "-" + machine + ".txz";
    }

    /** An I/O failure in a few words: the system's reason without the path, which the sentence around it already names. */
    static String reason(IOException failure) {
        if (failure instanceof FileSystemException file) {
            String reason = file.getReason();
            if (reason != null) {
                return reason;
            }
            return switch (file.getClass().getSimpleName()) {
                case "AccessDeniedException" -> "permission denied";
                case "NoSuchFileException" -> "no such file or directory";
                case "FileAlreadyExistsException", "NotDirectoryException" -> "a file is in the way";
                default -> file.getClass().getSimpleName();
            };
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private static void unpack(InputStream archive, Path home) throws IOException {
        Path parent = home.toAbsolutePath().normalize().getParent();
        Path unfinished = Files.createTempDirectory(parent, home.getFileName() + ".new-");
        try {
            // Other users may read and run the programs: as root the server runs under another name.
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString(OWNER_ONLY_WRITES));
            try (TarArchiveInputStream tar =
                    new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpackEntry(tar, entry, unfinished);
                }
            }
            rename(unfinished, home);
        } finally {
            FileTree.delete(unfinished);
        }
    }

    private static void unpackEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path root) throws IOException {
        Path target = root.resolve(entry.getName()).normalize();
        if (!target.startsWith(root)) {
            throw new IOException("the archive holds a path outside of itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        try (FileChannel file = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(file)) {
            tar.transferTo(out);
            // The rename must not outlive a power failure that the contents did not: broken programs would stay for
            // ever.
            file.force(false);
        }
        boolean executable = (entry.getMode() & 0b001_000_000) != 0;
        Files.setPosixFilePermissions(
                target, PosixFilePermissions.fromString(executable ? OWNER_ONLY_WRITES : "rw-r--r--"));
    }

    private static void rename(Path unfinished, Path home) throws IOException {
        try {
            Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException impossible) {
            throw impossible;
        } catch (IOException failed) {
            // Another process may have unpacked the same programs in the meantime; then its copy is as good as ours.
            if (!Files.isDirectory(home)) {
                throw failed;
            }
        }
    }

    /** Path of one of the server's programs. */
    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    /** Removes the programs again if this start unpacked them: a first start that fails leaves nothing behind. */
    void removeIfNew() {
        if (unpackedNow) {
            FileTree.delete(home);
        }
    }
}

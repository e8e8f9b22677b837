package dev.keyledger.db;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * At most one process uses a database directory. The operating system drops the lock with the process, however it ends. The lock file lies
 * beside the directory, because it must be held before the directory exists.
 *
 * <p>The system's lock belongs to the process as a whole, and closing any descriptor of the file lets it go. So a file that this process has
 * locked is never opened a second time: what this process holds is known from {@link #HELD}.
 */
final class DirectoryLock implements AutoCloseable {

    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock or refuses with the sentence that names the process which holds it. */
    static DirectoryLock take(Path directory) throws IOException {
        // The real path, so that two names of one directory are one lock.
        Path file = directory.resolveSibling(".").toRealPath().resolve(directory.getFileName() + ".lock");
        if (!HELD.add(file)) {
            throw inUse(directory, Long.toString(ProcessHandle.current().pid()));
        }
        boolean taken = false;
        try {
            DirectoryLock lock = null;
            while (lock == null) {
                lock = tryTake(directory, file);
            }
            taken = true;
            return lock;
        } finally {
            if (!taken) {
                HELD.remove(file);
            }
        }
    }

    /** One attempt; null if the file was replaced meanwhile. */
    private static @Nullable DirectoryLock tryTake(Path directory, Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException usual) {
            // Left by a process that was killed, or held.
        }
        Object before = identity(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw inUse(directory, Files.readString(file));
            }
            // The last holder deletes the file: what was opened just before that is a file without a name, and guards
            // nothing.
            if (before == null || !before.equals(identity(file))) {
                channel.close();
                return null;
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new DirectoryLock(file, channel);
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    /** Which file has the name now; null if none. Looking does not open it. */
    private static @Nullable Object identity(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException deleted) {
            return null;
        }
    }

    private static EmbeddedPostgresException inUse(Path directory, String process) {
        return new EmbeddedPostgresException(
                "The database in " + directory + " is in use by another Keyledger (process " + process
                        + "); stop that one or set another KEYLEDGER_DATA_DIR.");
    }

    /** Deletes the lock file while it is still held, then lets it go. */
    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new EmbeddedPostgresException("The lock file " + file + " cannot be deleted.", failed);
        } finally {
            HELD.remove(file);
        }
    }
}

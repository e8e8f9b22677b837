package dev.keyledger.db;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * At most one process uses a database directory. The operating system drops the lock with the process, however it ends. The lock file lies
 * beside the directory, because it must be held before the directory exists.
 */
final class DirectoryLock implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock or refuses with the sentence that names the process which holds it. */
    static DirectoryLock take(Path directory) throws IOException {
        Path file = directory.resolveSibling(directory.getFileName() + ".lock");
        while (true) {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                if (tryLock(channel) == null) {
                    throw new EmbeddedPostgresException("The database in " + directory
                            + " is in use by another Keyledger (process " + holder(file)
                            + "); stop that one or set another KEYLEDGER_DATA_DIR.");
                }
                String mark = ProcessHandle.current().pid() + " " + UUID.randomUUID();
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(mark.getBytes(StandardCharsets.UTF_8)), 0);
                if (stillNamed(file, mark)) {
                    return new DirectoryLock(file, channel);
                }
                // Its last holder deleted the file between our opening and locking it: what we hold guards nothing.
                channel.close();
            } catch (IOException | RuntimeException failed) {
                channel.close();
                throw failed;
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static String holder(Path file) throws IOException {
        return Files.readString(file).split(" ", 2)[0];
    }

    private static boolean stillNamed(Path file, String mark) throws IOException {
        try {
            return Files.readString(file).equals(mark);
        } catch (NoSuchFileException deleted) {
            return false;
        }
    }

    /** Deletes the lock file while it is still held, then lets it go. */
    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new EmbeddedPostgresException("The lock file " + file + " cannot be deleted.", failed);
        }
    }
}

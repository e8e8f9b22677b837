package dev.keyledger.api.startup;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;

/** The directory of a node with an embedded database. Made for its owner alone; a first start that fails takes it away again. */
final class DataDirectory {

    private final Deque<Path> made;

    private DataDirectory(Deque<Path> made) {
        this.made = made;
    }

    /**
     * Makes the directory and its missing parents.
     *
     * @throws StartupFailure if it cannot be made or written to
     */
    static DataDirectory open(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        Deque<Path> missing = new ArrayDeque<>();
        for (Path each = absolute; each != null && !Files.exists(each); each = each.getParent()) {
            missing.addLast(each);
        }
        DataDirectory opened = new DataDirectory(missing);
        try {
            Files.createDirectories(absolute);
            if (!missing.isEmpty()) {
                // As root the database may have to run under another user, who has to get through to its own directory.
                boolean root = "root".equals(System.getProperty("user.name"));
                Files.setPosixFilePermissions(
                        absolute, PosixFilePermissions.fromString(root ? "rwx--x--x" : "rwx------"));
            }
        } catch (IOException failed) {
            opened.removeIfMade();
            throw unusable(absolute, failed);
        } catch (UnsupportedOperationException noSuchModes) {
            // The file system knows no modes; nothing to close.
        }
        if (!Files.isWritable(absolute)) {
            opened.removeIfMade();
            throw unusable(absolute, null);
        }
        return opened;
    }

    private static StartupFailure unusable(Path directory, @org.jspecify.annotations.Nullable IOException cause) {
        String sentence = "The data directory " + directory
                + " cannot be made or written to; set KEYLEDGER_DATA_DIR to a directory of the user who runs Keyledger.";
        return cause == null ? new StartupFailure(sentence) : new StartupFailure(sentence, cause);
    }

    /** Removes the directories that were made, as far as they are empty. */
    void removeIfMade() {
        for (Path each : made) {
            try {
                Files.deleteIfExists(each);
            } catch (DirectoryNotEmptyException inUse) {
                return;
            } catch (IOException failed) {
                // What stays behind is an empty directory; the sentence about the start's failure matters more.
                return;
            }
        }
    }
}

package dev.keyledger.api.startup;

import dev.keyledger.api.adapter.rootkey.FileRootKey;
import dev.keyledger.api.adapter.rootkey.SettingRootKey;
import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * Where this node's root key comes from: a setting, or the file {@code root-key} in the data directory. A key is made only for a new store in
 * dev mode; over data that exists it never is, because that data would be lost behind it.
 */
final class RootKeySource {

    private static final String FILE_NAME = "root-key";
    private static final String DATABASE_DIRECTORY = "postgres";

    private final RootKeyProvider provider;
    private final Runnable writeToFile;
    private final Runnable deleteFile;

    private RootKeySource(RootKeyProvider provider) {
        this(provider, () -> {}, () -> {});
    }

    private RootKeySource(RootKeyProvider provider, Runnable writeToFile, Runnable deleteFile) {
        this.provider = provider;
        this.writeToFile = writeToFile;
        this.deleteFile = deleteFile;
    }

    /**
     * Finds the root key, or decides that one is to be made, without writing anything yet.
     *
     * @throws StartupFailure if there is none and none may be made, or if it lies where it is not safe
     */
    static RootKeySource of(Settings settings, SecureRandom random) {
        if (settings.rootKey().isPresent()) {
            Settings.RootKeySetting setting = settings.rootKey().get();
            setting.file().ifPresent(file -> requireOutsideDatabase(settings, file));
            return new RootKeySource(new SettingRootKey(setting.file().isPresent(), setting.key(), random));
        }
        Path file = settings.dataDir().resolve(FILE_NAME);
        if (settings.database().isPresent()) {
            throw new StartupFailure(
                    "KEYLEDGER_DB_URL is set but no root key is; set KEYLEDGER_ROOT_KEY or"
                            + " KEYLEDGER_ROOT_KEY_FILE (make one with: openssl rand -base64 32), the same for every node of the store.");
        }
        if (Files.exists(file)) {
            requireOutsideDatabase(settings, file);
            requirePrivate(file);
            return new RootKeySource(FileRootKey.read(file, random));
        }
        Path database = settings.dataDir().resolve(DATABASE_DIRECTORY);
        if (Files.exists(database)) {
            throw new StartupFailure("There is a database in " + database + " but no root key at " + file
                    + "; restore the root key this store was made with, or set KEYLEDGER_ROOT_KEY_FILE."
                    + " A new one would open nothing, so none is made.");
        }
        if (!settings.devMode()) {
            throw new StartupFailure(
                    "No root key is set; outside dev mode (embedded database and a loopback address) none"
                            + " is made: set KEYLEDGER_ROOT_KEY or KEYLEDGER_ROOT_KEY_FILE (make one with: openssl rand -base64 32).");
        }
        SecretBytes made = FileRootKey.generate(random);
        return new RootKeySource(new FileRootKey(made, random), () -> write(file, made), () -> delete(file));
    }

    private static void requireOutsideDatabase(Settings settings, Path file) {
        Path database = settings.dataDir().resolve(DATABASE_DIRECTORY);
        if (real(file).startsWith(real(database))) {
            throw new StartupFailure("The root key file " + file + " lies inside the database's directory " + database
                    + ", so every copy of the database would carry its own key; move it elsewhere.");
        }
    }

    /** Without links as far as the path exists, so that a link into the database's directory is seen through. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException absent) {
            return path.toAbsolutePath().normalize();
        }
    }

    private static void requirePrivate(Path file) {
        try {
            if (!PrivateFile.isPrivate(file)) {
                throw new StartupFailure(
                        "The root key file " + file
                                + " may be read by others; set its mode to 0600 (chmod 600), and consider whether the key is still secret.");
            }
        } catch (IOException unreadable) {
            throw new StartupFailure("The mode of the root key file " + file + " cannot be read.", unreadable);
        }
    }

    private static void write(Path file, SecretBytes key) {
        try {
            FileRootKey.write(file, key);
        } catch (IOException failed) {
            throw new StartupFailure("The root key cannot be written to " + file + ".", failed);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new StartupFailure(
                    "The root key file " + file + " of a start that failed cannot be deleted.", failed);
        }
    }

    /**
     * Writes a root key that was made. Before the database is: a key without a database is used by the next start, a database whose key was
     * lost in a crash between the two could never be started again.
     */
    void keep() {
        writeToFile.run();
    }

    /** Takes back {@link #keep()}, since no database was made. */
    void discard() {
        deleteFile.run();
    }

    RootKeyProvider provider() {
        return provider;
    }
}

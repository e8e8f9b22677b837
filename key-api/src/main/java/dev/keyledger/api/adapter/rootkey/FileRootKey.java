package dev.keyledger.api.adapter.rootkey;

import dev.keyledger.api.startup.PrivateFile;
import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/** The root key in a file of ours, as Base64 of 32 bytes and a line feed: fit for development, where nothing better is at hand. */
public final class FileRootKey extends SoftwareRootKey {

    /** Longer is no root key file, and is not read into memory. */
    private static final long MAX_FILE_BYTES = 1024;

    /** Takes the key; it lives as long as the provider. */
    public FileRootKey(SecretBytes key, SecureRandom random) {
        super(key, random);
    }

    @Override
    public String name() {
        return "file";
    }

    /** A fresh key. */
    public static SecretBytes generate(SecureRandom random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return SecretBytes.takeFrom(key);
    }

    /**
     * Reads the key from its file.
     *
     * @throws StartupFailure if the file cannot be read or holds no root key
     */
    public static FileRootKey read(Path file, SecureRandom random) {
        byte[] text = new byte[0];
        byte[] base64 = text;
        try {
            if (Files.size(file) <= MAX_FILE_BYTES) {
                text = Files.readAllBytes(file);
                base64 = trimmed(text);
                byte[] key = Base64.getDecoder().decode(base64);
                if (key.length == KEY_BYTES) {
                    return new FileRootKey(SecretBytes.takeFrom(key), random);
                }
            }
        } catch (IOException unreadable) {
            throw new StartupFailure("The root key file " + file + " cannot be read.", unreadable);
        } catch (IllegalArgumentException notBase64) {
            // Falls through to the same sentence as a wrong length: neither may quote the content.
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(base64, (byte) 0);
        }
        throw new StartupFailure("The root key file " + file
                + " does not hold the Base64 form of 32 bytes; restore it from your copy, it cannot be made again.");
    }

    /** Writes the key to a file that must not exist yet. */
    public static void write(Path file, SecretBytes key) throws IOException {
        byte[] text = key.use(bytes -> Base64.getEncoder().encode(bytes));
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        try {
            PrivateFile.create(file, line);
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(line, (byte) 0);
        }
    }

    private static byte[] trimmed(byte[] text) {
        int end = text.length;
        while (end > 0 && text[end - 1] <= ' ') {
            end--;
        }
        return Arrays.copyOf(text, end);
    }
}

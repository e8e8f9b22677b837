package dev.keyledger.evidence.note;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a reader of signed notes must know beforehand: the name of a key and its public half. Its text, {@code name+id+key}, is C2SP's vkey. Only
 * Ed25519 over the note itself (type 1) is known.
 */
public final class VerifierKey {

    private static final byte ED25519 = 0x01;
    private static final int PARTS = 3;

    private final String name;
    private final int id;
    private final byte[] encoded;
    private final PublicKey publicKey;

    private VerifierKey(String name, byte[] encoded) {
        this.name = KeyName.checked(name);
        this.encoded = encoded.clone();
        publicKey = Ed25519.publicKey(encoded);
        id = ByteBuffer.wrap(sha256(name, encoded)).getInt();
    }

    /**
     * A key by its name and its encoding of 32 bytes.
     *
     * @throws IllegalArgumentException for a name with space or plus, or bytes that are no key
     */
    public static VerifierKey of(String name, byte[] publicKey) {
        return new VerifierKey(name, publicKey);
    }

    /**
     * Reads a vkey.
     *
     * @throws IllegalArgumentException if it is not, to the character, one of type 1, or its parts do not belong together
     */
    public static VerifierKey parse(String text) {
        // The name has no plus, but Base 64 may.
        String[] parts = text.split("\\+", PARTS);
        if (parts.length != PARTS) {
            throw new IllegalArgumentException("a verifier key has a name, an id and a key");
        }
        byte[] typed = StrictBase64.decode(parts[2]);
        if (typed.length != 1 + Ed25519.PUBLIC_KEY_BYTES || typed[0] != ED25519) {
            throw new IllegalArgumentException("not a verifier key for Ed25519");
        }
        VerifierKey key = new VerifierKey(parts[0], Arrays.copyOfRange(typed, 1, typed.length));
        if (!key.text().equals(text)) {
            throw new IllegalArgumentException("the id of a verifier key does not belong to it");
        }
        return key;
    }

    /** Name of the key; for a log, its origin. */
    public String name() {
        return name;
    }

    /** First four bytes of {@code SHA-256(name ‖ 0A ‖ 01 ‖ key)}, big-endian. Tells keys apart and proves nothing. */
    public int id() {
        return id;
    }

    /** The 32 bytes of RFC 8032. */
    public byte[] publicKey() {
        return encoded.clone();
    }

    /** The vkey. */
    public String text() {
        byte[] typed = ByteBuffer.allocate(1 + encoded.length)
                .put(ED25519)
                .put(encoded)
                .array();
        return name + "+" + HexFormat.of().toHexDigits(id) + "+" + StrictBase64.encode(typed);
    }

    boolean verifies(String text, byte[] signature) {
        return Ed25519.verifies(publicKey, text.getBytes(StandardCharsets.UTF_8), signature);
    }

    private static byte[] sha256(String name, byte[] encoded) {
        ByteArrayOutputStream named = new ByteArrayOutputStream();
        named.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        named.write('\n');
        named.write(ED25519);
        named.writeBytes(encoded);
        try {
            return MessageDigest.getInstance("SHA-256").digest(named.toByteArray());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey that && name.equals(that.name) && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return id;
    }

    @Override
    public String toString() {
        return text();
    }
}

package dev.keyledger.crypto;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * A parsed ciphertext in the published format v1 (ADR 0004). Immutable.
 *
 * <pre>
 * format 01 · suite 01 · length n · key id (n) · key version id (16) · nonce (16) · IV (12) · commitment (32) · ciphertext (m) · tag (16)
 * </pre>
 */
public final class CiphertextBlob {

    /** Longest blob, in bytes. */
    public static final int MAX_BYTES = 16 * 1024;

    static final int NONCE_BYTES = 16;
    static final int COMMITMENT_BYTES = 32;

    private static final byte FORMAT = 1;
    private static final byte SUITE = 1;
    private static final int UUID_BYTES = 16;

    /** Format, suite and length of the key id. */
    private static final int PREFIX_BYTES = 3;

    private static final int AFTER_KEY_ID_BYTES = UUID_BYTES + NONCE_BYTES + AesGcm.IV_BYTES + COMMITMENT_BYTES;

    private final byte[] bytes;
    private final KeyId keyId;
    private final KeyVersionId versionId;

    private CiphertextBlob(byte[] bytes, KeyId keyId, KeyVersionId versionId) {
        this.bytes = bytes;
        this.keyId = keyId;
        this.versionId = versionId;
    }

    /**
     * Parses. Whether the blob is genuine is not known before it was opened.
     *
     * @throws Refusal {@code INVALID_CIPHERTEXT} for anything that is not exactly a v1 blob
     */
    public static CiphertextBlob parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw invalid("longer than " + MAX_BYTES + " bytes");
        }
        if (bytes.length < PREFIX_BYTES) {
            throw invalid("truncated");
        }
        if (bytes[0] != FORMAT || bytes[1] != SUITE) {
            throw invalid("unknown format or suite");
        }
        int keyIdBytes = Byte.toUnsignedInt(bytes[2]);
        if (bytes.length < PREFIX_BYTES + keyIdBytes + AFTER_KEY_ID_BYTES + AesGcm.TAG_BYTES) {
            throw invalid("truncated");
        }
        // ISO 8859-1 maps every byte to one character, so that a byte outside ASCII cannot turn into a valid id.
        String keyId = new String(bytes, PREFIX_BYTES, keyIdBytes, StandardCharsets.ISO_8859_1);
        if (!KeyId.isKeyId(keyId)) {
            throw invalid("key id");
        }
        ByteBuffer version = ByteBuffer.wrap(bytes, PREFIX_BYTES + keyIdBytes, UUID_BYTES);
        return new CiphertextBlob(
                bytes.clone(), new KeyId(keyId), new KeyVersionId(new UUID(version.getLong(), version.getLong())));
    }

    /** What precedes the commitment: format, suite, key id, key version id, nonce and IV. */
    static byte[] prologue(KeyId keyId, KeyVersionId versionId, byte[] nonce, byte[] iv) {
        byte[] id = keyId.value().getBytes(StandardCharsets.US_ASCII);
        return ByteLayout.empty()
                .u8(FORMAT)
                .u8(SUITE)
                .u8(id.length)
                .fixed(id)
                .uuid(versionId.value())
                .fixed(nonce)
                .fixed(iv)
                .bytes();
    }

    static CiphertextBlob of(byte[] header, byte[] ciphertextAndTag) {
        byte[] bytes = Arrays.copyOf(header, header.length + ciphertextAndTag.length);
        System.arraycopy(ciphertextAndTag, 0, bytes, header.length, ciphertextAndTag.length);
        return parse(bytes);
    }

    /** The key that made it. */
    public KeyId keyId() {
        return keyId;
    }

    /** The version that made it. */
    public KeyVersionId versionId() {
        return versionId;
    }

    /** A copy of all bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Everything before the ciphertext: what is authenticated besides the context. */
    byte[] header() {
        return Arrays.copyOf(bytes, headerBytes());
    }

    /** Length of the key id, key id, version id and nonce: the context of the key derivation. */
    byte[] derivationContext() {
        return Arrays.copyOfRange(bytes, 2, headerBytes() - COMMITMENT_BYTES - AesGcm.IV_BYTES);
    }

    byte[] iv() {
        int end = headerBytes() - COMMITMENT_BYTES;
        return Arrays.copyOfRange(bytes, end - AesGcm.IV_BYTES, end);
    }

    byte[] commitment() {
        return Arrays.copyOfRange(bytes, headerBytes() - COMMITMENT_BYTES, headerBytes());
    }

    byte[] ciphertextAndTag() {
        return Arrays.copyOfRange(bytes, headerBytes(), bytes.length);
    }

    private int headerBytes() {
        return PREFIX_BYTES + Byte.toUnsignedInt(bytes[2]) + AFTER_KEY_ID_BYTES;
    }

    static Refusal invalid(String internalReason) {
        return Refusal.of(ErrorCode.INVALID_CIPHERTEXT).because("ciphertext: " + internalReason);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CiphertextBlob that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "CiphertextBlob[" + bytes.length + " bytes by " + keyId + "]";
    }
}

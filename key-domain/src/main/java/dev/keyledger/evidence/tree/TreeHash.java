package dev.keyledger.evidence.tree;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;

/** A SHA-256 hash in a tree: of a leaf, of a node or of the whole, which RFC 6962 §2.1 calls MTH. Public, so compared without care. */
public final class TreeHash {

    /** Length in bytes. */
    public static final int BYTES = 32;

    /** The head of a tree without leaves: SHA-256 of nothing. */
    public static final TreeHash EMPTY_TREE = ofHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    private final byte[] bytes;

    private TreeHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Copies 32 bytes.
     *
     * @throws IllegalArgumentException for any other length
     */
    public static TreeHash of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a hash has " + BYTES + " bytes, not " + bytes.length);
        }
        return new TreeHash(bytes.clone());
    }

    /** Copies 32 bytes out of many. */
    public static TreeHash at(byte[] bytes, int offset) {
        // The copy alone would make up what lies behind the end.
        Objects.checkFromIndexSize(offset, BYTES, bytes.length);
        return new TreeHash(Arrays.copyOfRange(bytes, offset, offset + BYTES));
    }

    /**
     * Reads the one Base 64 spelling, padding included.
     *
     * @throws IllegalArgumentException for any other
     */
    public static TreeHash ofBase64(String text) {
        TreeHash hash = of(Base64.getDecoder().decode(text));
        if (!hash.base64().equals(text)) {
            throw new IllegalArgumentException("a hash in another spelling of Base 64");
        }
        return hash;
    }

    /**
     * Reads 64 hexadecimal digits.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static TreeHash ofHex(String text) {
        return of(HexFormat.of().parseHex(text));
    }

    /** A copy of the 32 bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, BYTES);
    }

    /** Base 64 of RFC 4648 §4, 44 characters: the spelling of checkpoints and proofs. */
    public String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Lower-case hexadecimal, 64 digits. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TreeHash that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}

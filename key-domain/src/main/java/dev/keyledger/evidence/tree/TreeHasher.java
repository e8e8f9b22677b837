package dev.keyledger.evidence.tree;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The two hashes of RFC 6962 §2.1: {@code SHA-256(00 ‖ record)} for a leaf, {@code SHA-256(01 ‖ left ‖ right)} for a node. The first byte keeps
 * a node from being passed off as a record. One digest serves all calls, which spares the hot path a look-up of the provider for each hash.
 *
 * <p>Not thread-safe.
 */
public final class TreeHasher {

    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private final MessageDigest sha256;
    private final byte[] scratch = new byte[Tile.BYTES / 2];

    public TreeHasher() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Hash of a record. */
    public TreeHash leaf(byte[] record) {
        byte[] hash = new byte[TreeHash.BYTES];
        leaf(record, 0, record.length, hash, 0);
        return TreeHash.at(hash, 0);
    }

    /** Hash of the record that lies in {@code bytes}, written to 32 bytes of {@code target}. */
    public void leaf(byte[] bytes, int offset, int length, byte[] target, int targetOffset) {
        sha256.update(LEAF);
        sha256.update(bytes, offset, length);
        finish(target, targetOffset);
    }

    TreeHash node(TreeHash left, TreeHash right) {
        byte[] pair = new byte[2 * TreeHash.BYTES];
        left.copyTo(pair, 0);
        right.copyTo(pair, TreeHash.BYTES);
        node(pair, 0, pair, 0);
        return TreeHash.at(pair, 0);
    }

    /** Hash over two neighbours. Source and target may be the same place. */
    private void node(byte[] pair, int offset, byte[] target, int targetOffset) {
        sha256.update(NODE);
        sha256.update(pair, offset, 2 * TreeHash.BYTES);
        finish(target, targetOffset);
    }

    /** The top of a complete subtree whose lowest row, a power of two of hashes and at most a tile's, lies in {@code row}. */
    public void top(byte[] row, int offset, int hashes, byte[] target, int targetOffset) {
        if (hashes == 1) {
            System.arraycopy(row, offset, target, targetOffset, TreeHash.BYTES);
            return;
        }
        int left = hashes / 2;
        for (int i = 0; i < left; i++) {
            node(row, offset + 2 * i * TreeHash.BYTES, scratch, i * TreeHash.BYTES);
        }
        while (left > 1) {
            left /= 2;
            for (int i = 0; i < left; i++) {
                node(scratch, 2 * i * TreeHash.BYTES, scratch, i * TreeHash.BYTES);
            }
        }
        System.arraycopy(scratch, 0, target, targetOffset, TreeHash.BYTES);
    }

    private void finish(byte[] target, int offset) {
        try {
            sha256.digest(target, offset, TreeHash.BYTES);
        } catch (DigestException tooShort) {
            throw new IllegalArgumentException("no room for a hash", tooShort);
        }
    }
}

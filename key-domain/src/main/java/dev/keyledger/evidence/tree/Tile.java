package dev.keyledger.evidence.tree;

/**
 * Measures of a tile (C2SP tlog-tiles, "Merkle Tree"): 256 consecutive hashes of one row of the tree. Level 0 has the leaves; each hash of a
 * higher level is the top of a full tile below it.
 */
public final class Tile {

    /** Hashes of a full tile. */
    public static final int WIDTH = 256;

    /** Rows of the tree between a tile and the hash that stands for it. */
    static final int HEIGHT = 8;

    /** Bytes of a full tile. */
    public static final int BYTES = WIDTH * TreeHash.BYTES;

    private Tile() {}

    /** How many hashes the last tile of a level has in a tree of this size, if it is not full; 0 to 255. */
    public static int partialWidth(int level, long size) {
        return (int) (fullHashes(level, size) % WIDTH);
    }

    /** How many tiles of a level are full in a tree of this size. */
    public static long fullTiles(int level, long size) {
        return fullHashes(level, size) / WIDTH;
    }

    private static long fullHashes(int level, long size) {
        int shift = HEIGHT * level;
        return shift >= Long.SIZE ? 0 : size >>> shift;
    }
}

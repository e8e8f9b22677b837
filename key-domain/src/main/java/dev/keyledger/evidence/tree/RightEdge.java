package dev.keyledger.evidence.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The part of a tree that is not in full tiles yet: for each level the hashes, 0 to 255, of its last tile. With the size it is all that a
 * builder needs to go on and all that a head is computed from; a few tens of kilobytes at most. Immutable.
 */
public final class RightEdge {

    /** The edge of a tree without leaves. */
    public static final RightEdge EMPTY = new RightEdge(0, List.of(new byte[0]));

    private final long size;

    /** By level; each row has exactly its hashes. There is always a lowest row; the highest of several is never empty. */
    private final List<byte[]> rows;

    RightEdge(long size, List<byte[]> rows) {
        this.size = size;
        this.rows = List.copyOf(rows);
    }

    /**
     * Computes the edge of a tree of any size from its full tiles and the leaves after the last of them. Reads up to 255 tiles for each level
     * but the lowest, so it is for a start, not for every proof: keep the edge, or let a {@link TreeBuilder} carry it along.
     *
     * @param size leaves of the tree
     * @param lastLeaves hashes of the leaves after the last full tile of level 0: 32 bytes for each of {@code size % 256}
     * @param tiles tiles that are full at this size
     * @throws IllegalArgumentException if the leaves are not as many
     */
    public static RightEdge restore(long size, byte[] lastLeaves, TileReader tiles) {
        if (size < 0 || lastLeaves.length != Tile.partialWidth(0, size) * TreeHash.BYTES) {
            throw new IllegalArgumentException(
                    lastLeaves.length + " bytes of leaves after the full tiles of a tree of " + size);
        }
        TreeHasher hasher = new TreeHasher();
        List<byte[]> rows = new ArrayList<>();
        rows.add(lastLeaves.clone());
        for (int level = 1; Tile.fullTiles(level - 1, size) > 0; level++) {
            long first = Tile.fullTiles(level, size) * Tile.WIDTH;
            byte[] row = new byte[Tile.partialWidth(level, size) * TreeHash.BYTES];
            for (int i = 0; i * TreeHash.BYTES < row.length; i++) {
                byte[] below = checked(tiles.tile(level - 1, first + i));
                hasher.top(below, 0, Tile.WIDTH, row, i * TreeHash.BYTES);
            }
            rows.add(row);
        }
        return new RightEdge(size, rows);
    }

    /**
     * Takes the edge as it is told, tile by tile. What they say is believed: compare {@link #root} with a head that somebody vouches for.
     *
     * @param size leaves of the tree, 1 at least
     * @param partialTile gives the hashes of a level's partial tile; asked only for levels that have one
     * @throws IllegalArgumentException if a tile does not have as many hashes as it must
     */
    public static RightEdge told(long size, IntFunction<byte[]> partialTile) {
        List<byte[]> rows = new ArrayList<>();
        for (int level = 0; level == 0 || Tile.fullTiles(level - 1, size) > 0; level++) {
            int width = Tile.partialWidth(level, size);
            byte[] row = width == 0 ? new byte[0] : partialTile.apply(level).clone();
            if (row.length != width * TreeHash.BYTES) {
                throw new IllegalArgumentException("a partial tile of " + row.length + " bytes");
            }
            rows.add(row);
        }
        return new RightEdge(size, rows);
    }

    static byte[] checked(byte[] tile) {
        if (tile.length != Tile.BYTES) {
            throw new IllegalStateException("a full tile of " + tile.length + " bytes");
        }
        return tile;
    }

    /** Leaves of the tree. */
    public long size() {
        return size;
    }

    /** The hashes of a level's partial tile, 32 bytes each; empty if the level has none. */
    public byte[] partialTile(int level) {
        return row(level).clone();
    }

    /** Without a copy. */
    byte[] row(int level) {
        return level < rows.size() ? rows.get(level) : new byte[0];
    }

    int levels() {
        return rows.size();
    }

    /** The head of the tree: MTH of RFC 6962 §2.1. */
    public TreeHash root() {
        TreeHasher hasher = new TreeHasher();
        byte[] top = new byte[TreeHash.BYTES];
        TreeHash root = null;
        // The bits of the size are the complete subtrees the leaves fall into, the smallest one rightmost.
        for (int level = 0; level < rows.size(); level++) {
            byte[] row = rows.get(level);
            int end = row.length;
            for (int hashes = 1; end > 0; hashes *= 2) {
                if (((row.length / TreeHash.BYTES) & hashes) != 0) {
                    end -= hashes * TreeHash.BYTES;
                    hasher.top(row, end, hashes, top, 0);
                    TreeHash left = TreeHash.at(top, 0);
                    root = root == null ? left : hasher.node(left, root);
                }
            }
        }
        return root == null ? TreeHash.EMPTY_TREE : root;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RightEdge that
                && size == that.size
                && Arrays.deepEquals(rows.toArray(), that.rows.toArray());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(size);
    }

    @Override
    public String toString() {
        return "RightEdge[size " + size + "]";
    }
}

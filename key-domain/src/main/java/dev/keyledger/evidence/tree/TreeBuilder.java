package dev.keyledger.evidence.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tree that grows by one leaf at a time and gives out every tile that becomes full, on all levels. A leaf costs its own hash, one hash of a
 * node in the long run, and no allocation but that of the tiles given out.
 *
 * <p>Not thread-safe. If the sink throws, the builder is of no further use: go on from what was stored.
 */
public final class TreeBuilder {

    private final TileSink sink;
    private final TreeHasher hasher = new TreeHasher();
    private final List<Row> rows = new ArrayList<>();
    private long size;

    /** A builder of a tree without leaves. */
    public TreeBuilder(TileSink sink) {
        this(RightEdge.EMPTY, sink);
    }

    /** A builder that goes on where a tree ended. */
    public TreeBuilder(RightEdge edge, TileSink sink) {
        this.sink = sink;
        size = edge.size();
        for (int level = 0; level < edge.levels(); level++) {
            rows.add(new Row(Tile.fullTiles(level, size), edge.row(level)));
        }
    }

    /** Leaves so far. */
    public long size() {
        return size;
    }

    /** Adds a record. */
    public void addRecord(byte[] record) {
        addRecord(record, 0, record.length);
    }

    /** Adds the record that lies in {@code bytes}. */
    public void addRecord(byte[] bytes, int offset, int length) {
        Row leaves = rows.get(0);
        hasher.leaf(bytes, offset, length, leaves.hashes, leaves.end());
        added();
    }

    /** Adds a record by the 32 bytes of its leaf hash. */
    public void addLeaf(byte[] hashes, int offset) {
        Row leaves = rows.get(0);
        System.arraycopy(hashes, offset, leaves.hashes, leaves.end(), TreeHash.BYTES);
        added();
    }

    private void added() {
        size++;
        int level = 0;
        Row row = rows.get(0);
        row.width++;
        while (row.width == Tile.WIDTH) {
            if (++level == rows.size()) {
                rows.add(new Row(0, new byte[0]));
            }
            Row above = rows.get(level);
            hasher.top(row.hashes, 0, Tile.WIDTH, above.hashes, above.end());
            above.width++;
            sink.tile(level - 1, row.index, row.hashes);
            row.next();
            row = above;
        }
    }

    /** The head of the tree as it is now; up to 255 hashes for each level. */
    public TreeHash root() {
        return edge().root();
    }

    /** What is not in a full tile now. */
    public RightEdge edge() {
        List<byte[]> edge = new ArrayList<>(rows.size());
        for (Row row : rows) {
            edge.add(row.copy());
        }
        return new RightEdge(size, edge);
    }

    /** The last tile of a level, never full between two calls. */
    private static final class Row {

        private long index;
        private byte[] hashes = new byte[Tile.BYTES];
        private int width;

        Row(long index, byte[] hashes) {
            this.index = index;
            System.arraycopy(hashes, 0, this.hashes, 0, hashes.length);
            width = hashes.length / TreeHash.BYTES;
        }

        int end() {
            return width * TreeHash.BYTES;
        }

        /** The array was given away. */
        void next() {
            index++;
            hashes = new byte[Tile.BYTES];
            width = 0;
        }

        byte[] copy() {
            return Arrays.copyOf(hashes, end());
        }
    }
}

package dev.keyledger.evidence.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Heads and proofs of a log at its present size and at every earlier one, from the full tiles and the present right edge. A tile that was
 * partial when the tree was smaller is a prefix of one that is full now or lies on the edge, so partial tiles need not be stored.
 *
 * <p>Each answer reads at most two tiles for each level, none of them twice. What the tiles say is believed: whoever gets a proof checks it.
 * Thread-safe if the reader is.
 */
public final class TreeProver {

    private final RightEdge edge;
    private final TileReader tiles;

    /** Answers for the tree that ends in this edge. */
    public TreeProver(RightEdge edge, TileReader tiles) {
        this.edge = edge;
        this.tiles = tiles;
    }

    /** The largest size there are answers for. */
    public long size() {
        return edge.size();
    }

    /**
     * The head of the tree when it had so many leaves.
     *
     * @throws IllegalArgumentException beyond the present size
     */
    public TreeHash root(long size) {
        requireSize(size);
        return size == 0 ? TreeHash.EMPTY_TREE : new Reading().range(0, size);
    }

    /**
     * The hash of a leaf.
     *
     * @throws IllegalArgumentException beyond the present size
     */
    public TreeHash leaf(long index) {
        requireIndex(index, edge.size());
        return new Reading().complete(0, index);
    }

    /**
     * The last tile of a level when the tree had so many leaves, if it was not full then: what is served under a path with {@code .p/W}.
     *
     * @return 32 bytes for each of {@link Tile#partialWidth} hashes; empty if there is no such tile
     * @throws IllegalArgumentException beyond the present size
     */
    public byte[] partialTile(int level, long size) {
        requireSize(size);
        int width = Tile.partialWidth(level, size);
        return width == 0
                ? new byte[0]
                : Arrays.copyOf(new Reading().row(level, Tile.fullTiles(level, size)), width * TreeHash.BYTES);
    }

    /**
     * Proves that a record is in a tree (RFC 6962 §2.1.1).
     *
     * @param index position of the record, from 0
     * @param size leaves of the tree
     * @throws IllegalArgumentException if the tree has no such record, or beyond the present size
     */
    public InclusionProof inclusion(long index, long size) {
        requireSize(size);
        requireIndex(index, size);
        Reading reading = new Reading();
        List<TreeHash> path = new ArrayList<>();
        long start = 0;
        long end = size;
        while (end - start > 1) {
            long middle = start + split(end - start);
            if (index < middle) {
                path.add(0, reading.range(middle, end));
                end = middle;
            } else {
                path.add(0, reading.range(start, middle));
                start = middle;
            }
        }
        return new InclusionProof(index, size, path);
    }

    /**
     * Proves that a tree goes on where an earlier one ended (RFC 6962 §2.1.2). From a tree without leaves, or to a tree of the same size, there
     * is nothing to prove and the proof is empty.
     *
     * @throws IllegalArgumentException if {@code from} is larger than {@code to}, or beyond the present size
     */
    public ConsistencyProof consistency(long from, long to) {
        requireSize(to);
        if (from < 0 || from > to) {
            throw new IllegalArgumentException("a tree of " + to + " leaves has no beginning of " + from);
        }
        List<TreeHash> path = new ArrayList<>();
        if (from > 0 && from < to) {
            Reading reading = new Reading();
            long start = 0;
            long end = to;
            // Down to the subtree that ends with the earlier tree.
            while (end != from) {
                long middle = start + split(end - start);
                if (from <= middle) {
                    path.add(0, reading.range(middle, end));
                    end = middle;
                } else {
                    path.add(0, reading.range(start, middle));
                    start = middle;
                }
            }
            // Whoever checks has that subtree's hash if it is the whole earlier tree.
            if (start > 0) {
                path.add(0, reading.range(start, end));
            }
        }
        return new ConsistencyProof(from, to, path);
    }

    private void requireSize(long size) {
        if (size < 0 || size > edge.size()) {
            throw new IllegalArgumentException("no tree of " + size + " leaves; there are " + edge.size());
        }
    }

    private static void requireIndex(long index, long size) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("no record " + index + " in a tree of " + size);
        }
    }

    /** Leaves of the left subtree: the largest power of two that is smaller. */
    private static long split(long leaves) {
        return Long.highestOneBit(leaves - 1);
    }

    /** One answer, which reads a tile once. */
    private final class Reading {

        private final TreeHasher hasher = new TreeHasher();
        private final Map<Position, byte[]> read = new HashMap<>();

        /** Hash over the leaves from {@code start}, a multiple of the first split, to before {@code end}. */
        TreeHash range(long start, long end) {
            long leaves = end - start;
            if (Long.bitCount(leaves) == 1) {
                int height = Long.numberOfTrailingZeros(leaves);
                return complete(height, start >>> height);
            }
            long middle = start + split(leaves);
            return hasher.node(range(start, middle), range(middle, end));
        }

        /** Hash of a complete subtree: the {@code index}-th of this height. */
        TreeHash complete(int height, long index) {
            int level = height / Tile.HEIGHT;
            int above = height % Tile.HEIGHT;
            long first = index << above;
            byte[] top = new byte[TreeHash.BYTES];
            hasher.top(row(level, first / Tile.WIDTH), (int) (first % Tile.WIDTH) * TreeHash.BYTES, 1 << above, top, 0);
            return TreeHash.at(top, 0);
        }

        private byte[] row(int level, long index) {
            if (index == Tile.fullTiles(level, edge.size())) {
                return edge.row(level);
            }
            return read.computeIfAbsent(
                    new Position(level, index),
                    position -> RightEdge.checked(tiles.tile(position.level(), position.index())));
        }
    }

    private record Position(int level, long index) {}
}

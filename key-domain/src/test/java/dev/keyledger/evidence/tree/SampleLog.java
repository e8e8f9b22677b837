package dev.keyledger.evidence.tree;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A log of the records that the golden files are made of, grown to some size, with its full tiles in memory. */
public final class SampleLog implements TileSink, TileReader {

    private final Map<List<Long>, byte[]> tiles = new HashMap<>();
    private final List<TilePath> order = new ArrayList<>();
    private final TreeBuilder builder = new TreeBuilder(this);
    private int reads;

    /** A log of so many records. */
    public static SampleLog of(long size) {
        SampleLog log = new SampleLog();
        log.growTo(size);
        return log;
    }

    /** The record at an index. */
    public static byte[] record(long index) {
        return ("keyledger test record " + index).getBytes(StandardCharsets.US_ASCII);
    }

    /** The hash of the record at an index. */
    public static TreeHash leaf(long index) {
        return new TreeHasher().leaf(record(index));
    }

    void growTo(long size) {
        for (long i = builder.size(); i < size; i++) {
            builder.addRecord(record(i));
        }
    }

    /** Answers for all sizes up to the present one. */
    public TreeProver prover() {
        return new TreeProver(builder.edge(), this);
    }

    RightEdge edge() {
        return builder.edge();
    }

    /** Paths of the tiles in the order in which they became full. */
    List<TilePath> fullTiles() {
        return order;
    }

    int readsSince(int before) {
        return reads - before;
    }

    int reads() {
        return reads;
    }

    @Override
    public void tile(int level, long index, byte[] hashes) {
        order.add(TilePath.tile(level, index));
        if (tiles.put(List.of((long) level, index), hashes) != null) {
            throw new AssertionError("a tile became full twice");
        }
    }

    @Override
    public byte[] tile(int level, long index) {
        reads++;
        byte[] hashes = tiles.get(List.of((long) level, index));
        if (hashes == null) {
            throw new AssertionError("asked for a tile that is not full: "
                    + TilePath.tile(level, index).text());
        }
        return hashes;
    }
}

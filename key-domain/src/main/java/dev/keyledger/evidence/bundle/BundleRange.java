package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Which records of a log are in a bundle: whole groups of 256, as entries of a log come, the last of a log perhaps not full. It alone decides
 * which tiles are in the bundle, and in which order everything lies there.
 *
 * @param size records of the log at the bundle's checkpoint
 * @param from place of the first record, a multiple of 256
 * @param to place behind the last record: a multiple of 256, or {@code size}
 */
public record BundleRange(long size, long from, long to) {

    public BundleRange {
        if (from < 0 || from >= to || to > size || from % Tile.WIDTH != 0 || (to % Tile.WIDTH != 0 && to != size)) {
            throw new IllegalArgumentException("no records " + from + " to " + to + " of " + size);
        }
    }

    /**
     * The smallest range that has these records.
     *
     * @param from place of the first
     * @param to place behind the last
     * @throws IllegalArgumentException if the log does not have them, or they are none
     */
    public static BundleRange around(long size, long from, long to) {
        if (from < 0 || from >= to || to > size) {
            throw new IllegalArgumentException("no records " + from + " to " + to + " of " + size);
        }
        long whole = (to + Tile.WIDTH - 1) / Tile.WIDTH * Tile.WIDTH;
        return new BundleRange(size, from / Tile.WIDTH * Tile.WIDTH, Math.min(size, whole));
    }

    /** How many records. */
    public long records() {
        return to - from;
    }

    /** How many groups of records. */
    long groups() {
        return (records() + Tile.WIDTH - 1) / Tile.WIDTH;
    }

    /** The records of the n-th group from the range's beginning. */
    TilePath entries(long group) {
        long index = from / Tile.WIDTH + group;
        return index < Tile.fullTiles(0, size)
                ? TilePath.entries(index)
                : new TilePath(TilePath.ENTRIES, index, Tile.partialWidth(0, size));
    }

    /** Partial tiles, the highest level first: together they give the head of the tree. */
    List<TilePath> edge() {
        List<TilePath> edge = new ArrayList<>();
        for (int level = levels() - 1; level >= 0; level--) {
            int width = Tile.partialWidth(level, size);
            if (width > 0) {
                edge.add(new TilePath(level, Tile.fullTiles(level, size), width));
            }
        }
        return edge;
    }

    /** Full tiles above the lowest level that have a hash over a record of the range, the highest level first. */
    List<TilePath> fullTiles() {
        List<TilePath> tiles = new ArrayList<>();
        for (int level = levels() - 1; level > 0; level--) {
            int shift = Byte.SIZE * (level + 1);
            long last = Math.min((to - 1) >>> shift, Tile.fullTiles(level, size) - 1);
            for (long index = from >>> shift; index <= last; index++) {
                tiles.add(TilePath.tile(level, index));
            }
        }
        return tiles;
    }

    private int levels() {
        int levels = 1;
        while (Tile.fullTiles(levels - 1, size) > 0) {
            levels++;
        }
        return levels;
    }

    /**
     * Everything that is in the bundle of this range, in its order: the edge, full tiles from above, and for each group its tile and its
     * records. So whoever reads it in this order has checked a hash before the hash is needed.
     */
    Iterable<TilePath> paths() {
        List<TilePath> first = new ArrayList<>(edge());
        first.addAll(fullTiles());
        return () -> new Iterator<>() {
            private final Iterator<TilePath> above = first.iterator();
            private long group;
            private boolean tileGiven;

            @Override
            public boolean hasNext() {
                return above.hasNext() || group < groups();
            }

            @Override
            public TilePath next() {
                if (above.hasNext()) {
                    return above.next();
                }
                if (group >= groups()) {
                    throw new NoSuchElementException();
                }
                TilePath entries = entries(group);
                if (!tileGiven && entries.isFull()) {
                    tileGiven = true;
                    return TilePath.tile(0, entries.index());
                }
                tileGiven = false;
                group++;
                return entries;
            }
        };
    }
}

package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.tree.RightEdge;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeHasher;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The tiles of a bundle above its groups, from the root down: each is compared with its hash in the tile above. Filled by one thread, then read
 * by many.
 */
final class CheckedTiles {

    private record Position(int level, long index) {}

    private final BundleRange range;
    private final Map<Position, byte[]> tiles = new HashMap<>();

    CheckedTiles(BundleRange range) {
        this.range = range;
    }

    void keep(TilePath path, byte[] hashes) {
        tiles.put(new Position(path.level(), path.index()), hashes);
    }

    /** The right edge, once its tiles are kept. */
    RightEdge edge() {
        return RightEdge.told(range.size(), level -> kept(level, Tile.fullTiles(level, range.size())));
    }

    /** A tile that was kept. */
    byte[] kept(int level, long index) {
        return Objects.requireNonNull(tiles.get(new Position(level, index)), "a tile that was kept");
    }

    boolean has(int level, long index) {
        return tiles.containsKey(new Position(level, index));
    }

    /** Whether a full tile has the hash that the tile above it has in its place. */
    boolean isBelowItsParent(TilePath path, byte[] hashes, TreeHasher hasher) {
        byte[] top = new byte[TreeHash.BYTES];
        hasher.top(hashes, 0, Tile.WIDTH, top, 0);
        byte[] above = kept(path.level() + 1, path.index() / Tile.WIDTH);
        int at = (int) (path.index() % Tile.WIDTH) * TreeHash.BYTES;
        return Arrays.equals(above, at, at + TreeHash.BYTES, top, 0, TreeHash.BYTES);
    }

    /** The first record of the bundle below a tile. */
    long firstBelow(TilePath path) {
        return Math.max(range.from(), path.index() << (Byte.SIZE * (path.level() + 1)));
    }
}

package dev.keyledger.evidence.tree;

/** Where the full tiles of a log lie. A full tile never changes, so an implementation may remember it for as long as it likes. */
@FunctionalInterface
public interface TileReader {

    /**
     * The hashes of a full tile. Asked only for tiles that are full in the tree that is read; an implementation that has no such tile throws.
     *
     * @param level 0 for the leaves
     * @param index position within the level
     * @return {@value Tile#BYTES} bytes, not changed by anybody afterwards
     */
    byte[] tile(int level, long index);
}

package dev.keyledger.evidence.tree;

/** Takes the full tiles of a growing tree. */
@FunctionalInterface
public interface TileSink {

    /** For whoever wants the head of a tree only. */
    TileSink NONE = (level, index, hashes) -> {};

    /**
     * A tile that has just become full. Within a level tiles come in order; a tile comes before the one above that it completes.
     *
     * @param level 0 for the leaves
     * @param index position within the level
     * @param hashes {@value Tile#BYTES} bytes, which are the callee's from now on
     */
    void tile(int level, long index, byte[] hashes);
}

package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.tree.TilePath;
import java.io.IOException;

/** Whoever has the log: gives its tiles and records by their paths. */
@FunctionalInterface
public interface BundleSource {

    /**
     * The bytes under a path: hashes of a tile, or records of a bundle of entries.
     *
     * @throws IOException if they cannot be had
     */
    byte[] read(TilePath path) throws IOException;
}

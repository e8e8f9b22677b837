/**
 * The Merkle tree of RFC 6962 over a log of records, kept as the tiles of C2SP tlog-tiles: building, proving, checking. Pure: what is stored
 * where is the business of whoever implements {@link dev.keyledger.evidence.tree.TileReader} and {@link
 * dev.keyledger.evidence.tree.TileSink}.
 */
@NullMarked
package dev.keyledger.evidence.tree;

import org.jspecify.annotations.NullMarked;

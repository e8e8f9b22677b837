package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.bundle.ZipForm.Entry;
import dev.keyledger.evidence.bundle.ZipReader.Piece;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeHasher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Up to 256 records and their hashes: checked by itself, by any thread. */
final class Group {

    private static final int LENGTH_BYTES = 2;

    private final TilePath path;
    private final List<AuditRecordForm> records = new ArrayList<>(Tile.WIDTH);
    private @Nullable BundleRefusedException finding;

    private Group(TilePath path) {
        this.path = path;
    }

    /**
     * Reads and checks a group.
     *
     * @param path of its records
     * @param tile its hashes; null for those of the right edge
     */
    static Group read(ZipReader zip, TilePath path, @Nullable Entry tile, Entry entries, CheckedTiles tiles)
            throws IOException, BundleRefusedException {
        Group group = new Group(path);
        TreeHasher hasher = new TreeHasher();
        Piece records = zip.read(entries);
        byte[] hashes;
        @Nullable String suspicion = records.damage();
        if (tile == null) {
            hashes = tiles.kept(0, path.index());
        } else {
            Piece piece = zip.read(tile);
            hashes = piece.content();
            if (hashes.length != Tile.BYTES) {
                throw new BundleRefusedException(group.first(), tile.name() + " does not have 256 hashes");
            }
            suspicion = piece.damage() == null ? suspicion : piece.damage();
            if (!tiles.isBelowItsParent(TilePath.tile(0, path.index()), hashes, hasher)) {
                suspicion = tile.name() + " is not the tile whose hash is above it";
            }
        }
        group.walk(records.content(), hashes, hasher);
        // Which of the records it is, the comparison of each with its hash tells better.
        if (suspicion != null) {
            group.finding = group.finding == null
                    ? new BundleRefusedException(group.first(), suspicion)
                    : BundleRefusedException.at(group.finding, suspicion);
        }
        return group;
    }

    /** Place of the first record. */
    long first() {
        return path.index() * Tile.WIDTH;
    }

    /** Records up to the first bad one. */
    List<AuditRecordForm> records() {
        return records;
    }

    @Nullable
    BundleRefusedException finding() {
        return finding;
    }

    private void walk(byte[] bytes, byte[] hashes, TreeHasher hasher) {
        byte[] leaf = new byte[TreeHash.BYTES];
        int at = 0;
        for (int n = 0; n < path.width(); n++) {
            if (bytes.length - at < LENGTH_BYTES) {
                refuse(n, "is missing");
                return;
            }
            int length = (bytes[at] & 0xFF) << Byte.SIZE | (bytes[at + 1] & 0xFF);
            at += LENGTH_BYTES;
            if (bytes.length - at < length) {
                refuse(n, "is cut off, or its length is wrong");
                return;
            }
            hasher.leaf(bytes, at, length, leaf, 0);
            if (!Arrays.equals(leaf, 0, leaf.length, hashes, n * leaf.length, (n + 1) * leaf.length)) {
                refuse(n, "does not have the hash that the tree has in its place");
                return;
            }
            try {
                records.add(AuditRecordForm.parse(Arrays.copyOfRange(bytes, at, at + length)));
            } catch (IllegalArgumentException malformed) {
                refuse(n, "is no audit record: " + malformed.getMessage());
                return;
            }
            at += length;
        }
        if (at < bytes.length) {
            refuse(path.width() - 1, "has something behind it that is no record");
        }
    }

    private void refuse(int n, String why) {
        finding = new BundleRefusedException(first() + n, "record " + (first() + n) + " " + why);
    }
}

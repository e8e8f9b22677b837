package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SampleKeys;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.tree.EntryBundle;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeBuilder;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeProver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A signed log of given records in memory, and bundles of it, as they should be or with pieces exchanged. */
public final class SampleBundle {

    private final List<byte[]> records;
    private final Map<TilePath, byte[]> tiles = new HashMap<>();
    private final TreeBuilder tree;
    private final TreeProver prover;

    private SampleBundle(List<byte[]> records) {
        this.records = records;
        tree = new TreeBuilder((level, index, hashes) -> tiles.put(TilePath.tile(level, index), hashes));
        records.forEach(tree::addRecord);
        prover = new TreeProver(tree.edge(), (level, index) -> fullTile(TilePath.tile(level, index)));
    }

    private byte[] fullTile(TilePath path) {
        byte[] tile = tiles.get(path);
        if (tile == null) {
            throw new AssertionError("no tile " + path.text());
        }
        return tile;
    }

    /** A log of so many uses of one key. */
    public static SampleBundle ofUses(int size) {
        List<byte[]> records = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            records.add(use(i, 0).canonical());
        }
        return new SampleBundle(records);
    }

    static SampleBundle of(List<AuditRecordForm> records) {
        return new SampleBundle(records.stream().map(AuditRecordForm::canonical).toList());
    }

    static SampleBundle ofBytes(List<byte[]> records) {
        return new SampleBundle(records);
    }

    /** The record of a use; the n-th of the log. */
    static AuditRecordForm use(long n, long keyStateVersion) {
        return record(n, "Encrypt", "5e7f1c9a-0b1d-4c7e-9f43-2a8d6b1c0e55", keyStateVersion, List.of());
    }

    /** The record of a change. */
    static AuditRecordForm change(long n, String action, long keyStateVersion) {
        return record(
                n, action, "5e7f1c9a-0b1d-4c7e-9f43-2a8d6b1c0e55", keyStateVersion, List.of(new UUID(7, n).toString()));
    }

    private static AuditRecordForm record(
            long n, String action, String key, long keyStateVersion, List<String> eventIds) {
        return new AuditRecordForm(
                2 * n + 1,
                Instant.parse("2026-11-25T08:09:10.120Z").plusMillis(n),
                "host-1/4711",
                new UUID(0x4000, 0x8000_0000_0000_0000L | n).toString(),
                "bootstrap",
                "LTAIexample",
                "V1-HMAC-SHA1",
                true,
                "127.0.0.1",
                null,
                action,
                List.of(key),
                List.of(keyStateVersion),
                null,
                null,
                "Success",
                null,
                null,
                null,
                Map.of("n", Long.toString(n)),
                Map.of(),
                null,
                null,
                null,
                eventIds,
                eventIds.stream()
                        .map(id -> "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
                        .toList(),
                null,
                null,
                null);
    }

    long size() {
        return records.size();
    }

    /** The bytes of a record. */
    public byte[] record(long index) {
        return records.get((int) index).clone();
    }

    TreeProver prover() {
        return prover;
    }

    /** Head of the tree. */
    TreeHash root() {
        return tree.root();
    }

    SignedNote checkpoint(long size) {
        return new Checkpoint(SampleKeys.ORIGIN, size, prover.root(size)).signedBy(SampleKeys.signer());
    }

    /** A tile or a group of records of this log. */
    byte[] read(TilePath path) {
        if (path.isEntries()) {
            int from = (int) path.index() * Tile.WIDTH;
            return EntryBundle.of(records.subList(from, from + path.width())).bytes();
        }
        return path.isFull() ? fullTile(path) : prover.partialTile(path.level(), size());
    }

    /** The bundle of the smallest range that has these records. */
    public byte[] bundle(long from, long to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            BundleForm.write(
                    SampleKeys.KEY,
                    checkpoint(size()),
                    BundleRange.around(size(), from, to),
                    this::read,
                    out,
                    written -> {});
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    /** A piece of a bundle. */
    static final class Piece {

        private final String name;
        private final byte[] content;

        Piece(String name, byte[] content) {
            this.name = name;
            this.content = content;
        }

        String name() {
            return name;
        }

        byte[] content() {
            return content;
        }

        Piece with(byte[] other) {
            return new Piece(name, other);
        }
    }

    /** What is in the bundle of a range, in order; to be changed and put together again. */
    List<Piece> pieces(long from, long to) {
        List<Piece> pieces = new ArrayList<>(List.of(
                new Piece(BundleForm.README, BundleForm.readme()),
                new Piece(BundleForm.KEY, BundleForm.keyFile(SampleKeys.KEY)),
                new Piece(BundleForm.CHECKPOINT, checkpoint(size()).bytes())));
        for (TilePath path : BundleRange.around(size(), from, to).paths()) {
            pieces.add(new Piece(path.text(), read(path)));
        }
        return pieces;
    }

    /** A well-formed ZIP file of these pieces. */
    static byte[] zip(List<Piece> pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ZipWriter zip = new ZipWriter(out);
        try {
            for (Piece piece : pieces) {
                zip.add(piece.name, piece.content);
            }
            zip.finish();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    static int indexOf(List<Piece> pieces, String name) {
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i).name.equals(name)) {
                return i;
            }
        }
        throw new AssertionError("no " + name);
    }

    /** The records of a group. */
    static List<byte[]> split(byte[] entries) {
        List<byte[]> records = new ArrayList<>();
        EntryBundle.parse(entries)
                .forEach((bytes, offset, length) -> records.add(Arrays.copyOfRange(bytes, offset, offset + length)));
        return records;
    }
}

package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.bundle.ZipForm.Entry;
import dev.keyledger.evidence.bundle.ZipReader.Piece;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeHasher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Checks a bundle: its form to the byte, the signature, every hash from the signed head down to each record, the form of each record and their
 * order. Memory does not grow with the records but with the tiles above them (32 bytes for each 256 records), the names of entries, and the
 * keys that are changed.
 */
public final class BundleVerifier {

    /** Groups that wait, for each thread, so that none is idle while the records of another are put in order. */
    private static final int AHEAD = 3;

    private final @Nullable VerifierKey trusted;
    private final int threads;

    /**
     * @param trusted the log's key as the auditor knows it; null to take the bundle's word for it
     * @param threads how many groups of records are read and hashed at a time
     */
    public BundleVerifier(@Nullable VerifierKey trusted, int threads) {
        this.trusted = trusted;
        this.threads = threads;
    }

    /**
     * Checks a file.
     *
     * @param earlier checkpoints from which the log must go on
     * @throws BundleRefusedException if anything does not hold
     * @throws IOException if the file, or what was kept by others, cannot be read
     */
    public VerifiedBundle verify(Path file, EarlierCheckpoints earlier) throws IOException, BundleRefusedException {
        try (ZipReader zip = ZipReader.open(file)) {
            return new Run(zip).verify(earlier);
        }
    }

    /** One file. */
    private final class Run {

        private final ZipReader zip;
        private final List<Entry> entries;

        /** What was found above the records. What contradicts it further down tells better where it is. */
        private @Nullable BundleRefusedException found;

        private int foundLevel;

        Run(ZipReader zip) {
            this.zip = zip;
            this.entries = zip.entries();
        }

        VerifiedBundle verify(EarlierCheckpoints earlier) throws IOException, BundleRefusedException {
            for (int i = 0; i < BundleForm.FIRST.size(); i++) {
                if (i >= entries.size() || !entries.get(i).name().equals(BundleForm.FIRST.get(i))) {
                    throw refused(-1, "there is no " + BundleForm.FIRST.get(i) + " in its place");
                }
            }
            if (!Arrays.equals(whole(0), BundleForm.readme())) {
                throw refused(-1, BundleForm.README + " is not that of format 1");
            }
            VerifierKey key = key(whole(1));
            Checkpoint head = checkpoint(whole(2), key);
            BundleRange range = BundleNames.range(entries, head.size());
            CheckedTiles tiles = new CheckedTiles(range);
            Iterator<Entry> rest = entries.listIterator(BundleForm.FIRST.size());
            for (TilePath path : range.edge()) {
                tiles.keep(path, hashes(path, rest.next(), range.from()));
            }
            if (!tiles.edge().root().equals(head.root())) {
                suspect(Integer.MAX_VALUE, range.from(), "the partial tiles do not give the root that is signed");
            }
            TreeHasher hasher = new TreeHasher();
            for (TilePath path : range.fullTiles()) {
                byte[] hashes = hashes(path, rest.next(), tiles.firstBelow(path));
                tiles.keep(path, hashes);
                if (!tiles.isBelowItsParent(path, hashes, hasher)) {
                    suspect(
                            path.level(),
                            tiles.firstBelow(path),
                            path.text() + " is not the tile whose hash is above it");
                }
            }
            RecordOrder order = new RecordOrder();
            groups(range, tiles, rest, order);
            if (found != null) {
                throw found;
            }
            KeptCheckpoints kept =
                    new KeptCheckpoints(key, head, tiles, (level, index) -> checkedTile(range, tiles, level, index));
            kept.check(earlier);
            return new VerifiedBundle(
                    head,
                    key,
                    trusted == null,
                    range.from(),
                    range.to(),
                    Objects.requireNonNull(order.earliest()),
                    Objects.requireNonNull(order.latest()),
                    order.overtaken(),
                    kept.proved(),
                    kept.unproved());
        }

        private byte[] whole(int entry) throws IOException, BundleRefusedException {
            Piece piece = zip.read(entries.get(entry));
            if (piece.damage() != null) {
                throw refused(-1, piece.damage());
            }
            return piece.content();
        }

        private VerifierKey key(byte[] content) throws BundleRefusedException {
            VerifierKey key;
            try {
                key = VerifierKey.parse(new String(content, StandardCharsets.UTF_8).stripTrailing());
            } catch (IllegalArgumentException malformed) {
                throw refused(-1, BundleForm.KEY + " is no verifier key: " + malformed.getMessage());
            }
            if (!Arrays.equals(content, BundleForm.keyFile(key))) {
                throw refused(-1, BundleForm.KEY + " is not one key and a line feed");
            }
            if (trusted != null && !trusted.equals(key)) {
                throw refused(-1, "the bundle is of the key " + key.text() + ", not of the one that was given");
            }
            return key;
        }

        private static Checkpoint checkpoint(byte[] content, VerifierKey key) throws BundleRefusedException {
            try {
                SignedNote note = SignedNote.parse(content);
                if (Arrays.equals(note.bytes(), content)) {
                    return Checkpoint.open(note, key.name(), List.of(key));
                }
            } catch (IllegalArgumentException unsigned) {
                throw refused(-1, "the checkpoint is not one that the log has signed: " + unsigned.getMessage());
            }
            throw refused(-1, "the checkpoint is spelled in another way");
        }

        private byte[] hashes(TilePath path, Entry entry, long logIndex) throws IOException, BundleRefusedException {
            Piece piece = zip.read(entry);
            if (piece.content().length != path.width() * TreeHash.BYTES) {
                throw refused(logIndex, path.text() + " does not have " + path.width() + " hashes");
            }
            if (piece.damage() != null) {
                suspect(path.level() + 1, logIndex, piece.damage());
            }
            return piece.content();
        }

        /** The finding on the lowest level, and of these the first, is the one that says most. */
        private void suspect(int level, long logIndex, String why) {
            if (found == null) {
                found = refused(logIndex, why);
                foundLevel = level;
            } else if (level < foundLevel) {
                found = BundleRefusedException.at(refused(logIndex, why), Objects.requireNonNull(found.getMessage()));
                foundLevel = level;
            }
        }

        private void groups(BundleRange range, CheckedTiles tiles, Iterator<Entry> rest, RecordOrder order)
                throws IOException, BundleRefusedException {
            ExecutorService pool = Executors.newFixedThreadPool(threads, task -> {
                Thread thread = new Thread(task, "bundle-verifier");
                thread.setDaemon(true);
                return thread;
            });
            try {
                Deque<Future<Group>> ahead = new ArrayDeque<>();
                for (long n = 0; n < range.groups() || !ahead.isEmpty(); ) {
                    while (n < range.groups() && ahead.size() < AHEAD * threads) {
                        TilePath path = range.entries(n++);
                        Entry tile = path.isFull() ? rest.next() : null;
                        Entry records = rest.next();
                        ahead.add(pool.submit(() -> Group.read(zip, path, tile, records, tiles)));
                    }
                    inOrder(taken(ahead.remove()), order);
                }
            } finally {
                pool.shutdownNow();
            }
        }

        private void inOrder(Group group, RecordOrder order) throws BundleRefusedException {
            BundleRefusedException finding = group.finding();
            long logIndex = group.first();
            for (AuditRecordForm record : group.records()) {
                if (finding != null && logIndex >= finding.logIndex().orElse(0)) {
                    break;
                }
                String wrong = order.next(logIndex, record);
                if (wrong != null) {
                    finding = refused(
                            logIndex, "record " + logIndex + " has its hash and is wrong all the same: " + wrong);
                }
                logIndex++;
            }
            if (finding != null) {
                throw found == null
                        ? finding
                        : BundleRefusedException.at(finding, Objects.requireNonNull(found.getMessage()));
            }
        }

        private byte[] checkedTile(BundleRange range, CheckedTiles tiles, int level, long index) {
            if (level > 0) {
                if (tiles.has(level, index)) {
                    return tiles.kept(level, index);
                }
                throw new KeptCheckpoints.AbsentTileException();
            }
            long group = index - range.from() / Tile.WIDTH;
            if (group < 0 || group >= range.groups()) {
                throw new KeptCheckpoints.AbsentTileException();
            }
            int above = BundleForm.FIRST.size()
                    + range.edge().size()
                    + range.fullTiles().size();
            try {
                byte[] hashes = zip.read(entries.get(above + 2 * (int) group)).content();
                if (tiles.isBelowItsParent(TilePath.tile(0, index), hashes, new TreeHasher())) {
                    return hashes;
                }
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            } catch (BundleRefusedException impossible) {
                throw new IllegalStateException("was read before", impossible);
            }
            throw new IllegalStateException("the file is being changed");
        }
    }

    private static Group taken(Future<Group> future) throws IOException, BundleRefusedException {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof BundleRefusedException refused) {
                throw refused;
            }
            if (cause instanceof IOException unreadable) {
                throw unreadable;
            }
            throw new IllegalStateException("the check failed", cause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private static BundleRefusedException refused(long logIndex, String message) {
        return new BundleRefusedException(logIndex, message);
    }
}

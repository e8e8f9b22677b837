package dev.keyledger.api.adapter.transparency;

import dev.keyledger.api.adapter.vault.LogSigningKey;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.RightEdge;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TileReader;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeHasher;
import dev.keyledger.projection.SqlTime;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The tables of the transparency log: full tiles and signed checkpoints, and how far anchors were reached. Thread-safe. */
@Component
public class LogStore implements TileReader {

    /** What became of a checkpoint. */
    enum Outcome {
        /** It is stored, with its tiles. */
        STORED,
        /** Another node may sign by now. Nothing was written. */
        SUPERSEDED,
        /** The log was signed further meanwhile, perhaps by an own transaction whose end was not learned. Nothing was written. */
        GONE_ON
    }

    /** A full tile that is not stored yet. */
    static final class NewTile {

        private final TilePath path;
        private final byte[] hashes;

        /** Keeps the array, which nobody changes any more. */
        NewTile(int level, long index, byte[] hashes) {
            this.path = TilePath.tile(level, index);
            this.hashes = hashes;
        }

        TilePath path() {
            return path;
        }

        byte[] hashes() {
            return hashes;
        }
    }

    /**
     * How far the log is signed and anchored.
     *
     * @param size records of the last checkpoint, 0 if there is none
     * @param ageSeconds since it was made, in store time; not a number if there is none
     * @param uncovered records with a place that no checkpoint covers
     * @param madeAt when it was made; null if there is none
     * @param anchored records of the last checkpoint in each kind of anchor
     */
    record Figures(
            long size,
            double ageSeconds,
            long uncovered,
            @Nullable Instant madeAt,
            Map<String, Long> anchored) {}

    /**
     * A row of a checkpoint as it was found, and what it came to. Most questions to the log begin with the last checkpoint, and checking a
     * signature costs more than the answer: a row that is the same to the byte is not checked twice.
     */
    private record Opened(long size, TreeHash root, String note, SignedHead head) {

        boolean is(long otherSize, TreeHash otherRoot, String otherNote) {
            return size == otherSize && root.equals(otherRoot) && note.equals(otherNote);
        }
    }

    private final JdbcClient jdbc;
    private final LogRecords records;
    private final VerifierKey key;
    private final TransactionTemplate transaction;
    private volatile @Nullable Opened lastOpened;

    LogStore(JdbcClient jdbc, LogRecords records, LogSigningKey signingKey, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.records = records;
        this.key = signingKey.signer().verifierKey();
        this.transaction = new TransactionTemplate(transactions);
    }

    /** The key that has signed whatever is here. */
    VerifierKey key() {
        return key;
    }

    /**
     * The last checkpoint.
     *
     * @throws BrokenLogException if it is not what this log has signed
     */
    public Optional<SignedHead> latest() {
        return jdbc.sql("select size, head, note from log_checkpoint order by size desc limit 1")
                .query((row, number) -> head(row))
                .optional();
    }

    private SignedHead head(ResultSet row) throws SQLException {
        long size = row.getLong(1);
        TreeHash root = TreeHash.of(row.getBytes(2));
        String note = row.getString(3);
        Opened known = lastOpened;
        if (known != null && known.is(size, root, note)) {
            return known.head;
        }
        SignedHead head = open(size, root, note);
        lastOpened = new Opened(size, root, note, head);
        return head;
    }

    private SignedHead open(long size, TreeHash root, String note) {
        String where = "the store, at size " + size + ",";
        SignedHead head;
        try {
            head = SignedHead.open(SignedNote.parse(note.getBytes(StandardCharsets.UTF_8)), key, where);
        } catch (IllegalArgumentException malformed) {
            throw new BrokenLogException(where + " holds a checkpoint that is none", malformed);
        }
        if (head.size() != size || !head.checkpoint().root().equals(root)) {
            throw new BrokenLogException(where + " holds the checkpoint of another size or head");
        }
        return head;
    }

    /** The newest checkpoints above a size, the smallest first. */
    List<SignedHead> checkpointsAbove(long size, int atMost) {
        return jdbc.sql("""
                        select * from (
                            select size, head, note from log_checkpoint where size > :size order by size desc limit :limit) newest
                        order by size
                        """)
                .param("size", size)
                .param("limit", atMost)
                .query((row, number) -> head(row))
                .list();
    }

    /** The checkpoints of more than {@code above} and at most {@code upTo} records, the smallest first. */
    public List<SignedHead> checkpoints(long above, long upTo) {
        return jdbc.sql(
                        "select size, head, note from log_checkpoint where size > :above and size <= :upTo order by size")
                .param("above", above)
                .param("upTo", upTo)
                .query((row, number) -> head(row))
                .list();
    }

    @Override
    public byte[] tile(int level, long index) {
        return jdbc.sql("select hashes from log_tile where level = :level and tile_index = :index")
                .param("level", level)
                .param("index", index)
                .query(byte[].class)
                .optional()
                .orElseThrow(() -> missing(level, index));
    }

    private static BrokenLogException missing(int level, long index) {
        return new BrokenLogException(firstRecord(level, index), "tile " + level + "/" + index + " is missing");
    }

    /** Place of the first record that a tile stands for. */
    public static long firstRecord(int level, long index) {
        long record = index;
        for (int below = level; below >= 0; below--) {
            record *= Tile.WIDTH;
        }
        return record;
    }

    /**
     * The right edge of the tree at a checkpoint, from full tiles and the records after the last of them.
     *
     * @throws BrokenLogException if they no longer give the head that was signed
     */
    public RightEdge edge(SignedHead at) {
        long size = at.size();
        int last = Tile.partialWidth(0, size);
        long first = size - last;
        byte[] leaves = new byte[last * TreeHash.BYTES];
        if (last > 0) {
            TreeHasher hasher = new TreeHasher();
            int offset = 0;
            for (byte[] record : records.read(first, last)) {
                hasher.leaf(record, 0, record.length, leaves, offset);
                offset += TreeHash.BYTES;
            }
        }
        Map<TilePath, byte[]> read = new HashMap<>();
        RightEdge edge = RightEdge.restore(size, leaves, (level, index) -> {
            TilePath wanted = TilePath.tile(level, index);
            if (!read.containsKey(wanted)) {
                // They are asked for level by level and in order, so all of a level come with its first.
                readTilesFrom(wanted, read);
            }
            return Optional.ofNullable(read.get(wanted)).orElseThrow(() -> missing(level, index));
        });
        if (!edge.root().equals(at.checkpoint().root())) {
            throw new BrokenLogException(
                    "the head that was signed for " + size + " records is not that of what is stored: "
                            + (last > 0
                                    ? "one of the records from " + first + " on, or a tile, was changed"
                                    : "a tile was changed"));
        }
        return edge;
    }

    private void readTilesFrom(TilePath first, Map<TilePath, byte[]> target) {
        jdbc.sql(
                        "select tile_index, hashes from log_tile where level = :level and tile_index >= :first and tile_index < :end")
                .param("level", first.level())
                .param("first", first.index())
                .param("end", first.index() + Tile.WIDTH)
                .query((row, number) -> target.put(TilePath.tile(first.level(), row.getLong(1)), row.getBytes(2)))
                .list();
    }

    /**
     * Stores a checkpoint with the tiles it covers first, if nobody else may sign and nobody has since the one before.
     *
     * @param epoch of the term that signs
     * @param before size of the checkpoint that the caller has proved it to go on from, 0 for none
     */
    Outcome store(long epoch, long before, SignedHead head, List<NewTile> tiles) {
        try {
            Outcome outcome = transaction.execute(status -> {
                // Locked until the end: a node that takes over waits, and then finds this checkpoint.
                Optional<Long> numbered = jdbc.sql("select next_index from sequencer where epoch = :epoch for update")
                        .param("epoch", epoch)
                        .query(Long.class)
                        .optional();
                if (numbered.isEmpty()) {
                    return Outcome.SUPERSEDED;
                }
                if (numbered.get() < head.size()) {
                    throw new BrokenLogException("records that had a place have none any more: there are "
                            + numbered.get() + " of " + head.size());
                }
                long stored = jdbc.sql("select coalesce(max(size), 0) from log_checkpoint")
                        .query(Long.class)
                        .single();
                if (stored != before) {
                    return Outcome.GONE_ON;
                }
                tiles.forEach(this::insert);
                insert(epoch, head);
                return Outcome.STORED;
            });
            return Objects.requireNonNull(outcome);
        } catch (DuplicateKeyException taken) {
            throw new BrokenLogException("a tile was there before the records it stands for were signed", taken);
        }
    }

    private void insert(NewTile tile) {
        jdbc.sql("insert into log_tile (level, tile_index, hashes) values (:level, :index, :hashes)")
                .param("level", tile.path.level())
                .param("index", tile.path.index())
                .param("hashes", tile.hashes)
                .update();
    }

    private void insert(long epoch, SignedHead head) {
        jdbc.sql("""
                        insert into log_checkpoint (size, head, note, epoch, made_at)
                        values (:size, :head, :note, :epoch, keyledger_now())
                        """)
                .param("size", head.size())
                .param("head", head.checkpoint().root().bytes())
                .param("note", new String(head.note().bytes(), StandardCharsets.UTF_8))
                .param("epoch", epoch)
                .update();
    }

    /** Size of the last checkpoint that reached a kind of anchor, 0 for none. */
    long anchored(String anchor) {
        return jdbc.sql("select size from log_anchor where anchor = :anchor")
                .param("anchor", anchor)
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    /** Remembers that a checkpoint has reached an anchor. */
    void anchored(String anchor, long size) {
        jdbc.sql("""
                        insert into log_anchor (anchor, size, anchored_at) values (:anchor, :size, keyledger_now())
                        on conflict (anchor) do update
                        set size = greatest(log_anchor.size, excluded.size), anchored_at = excluded.anchored_at
                        """).param("anchor", anchor).param("size", size).update();
    }

    /** What health and metrics tell. */
    Figures figures() {
        Map<String, Long> anchored = new HashMap<>();
        jdbc.sql("select anchor, size from log_anchor")
                .query((row, number) -> anchored.put(row.getString(1), row.getLong(2)))
                .list();
        return jdbc.sql("""
                        select coalesce(c.size, 0) as size, c.made_at, s.next_index - coalesce(c.size, 0) as uncovered,
                            coalesce(greatest(0, extract(epoch from keyledger_now() - c.made_at)), 'NaN')::float8 as age
                        from sequencer s
                        left join (select size, made_at from log_checkpoint order by size desc limit 1) c on true
                        """)
                .query((row, number) -> new Figures(
                        row.getLong("size"),
                        row.getDouble("age"),
                        row.getLong("uncovered"),
                        SqlTime.readNullable(row, "made_at"),
                        Map.copyOf(anchored)))
                .single();
    }
}

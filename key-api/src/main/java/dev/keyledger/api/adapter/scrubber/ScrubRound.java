package dev.keyledger.api.adapter.scrubber;

import dev.keyledger.api.adapter.transparency.BrokenLogException;
import dev.keyledger.api.adapter.transparency.LogRecords;
import dev.keyledger.api.adapter.transparency.LogRecords.Entry;
import dev.keyledger.api.adapter.transparency.LogStore;
import dev.keyledger.api.adapter.transparency.SignedHead;
import dev.keyledger.evidence.tree.RightEdge;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TreeBuilder;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeHasher;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One way through the log, up to the checkpoint that was the last one when it began. Builds the tree anew from the records and compares, a full
 * tile at a time: the hashes of the records with their tile, each tile above with what it stands for, the head with every checkpoint on the
 * way, the events with the digests in their records. For one thread.
 */
final class ScrubRound {

    private final LogStore store;
    private final LogRecords records;
    private final JdbcClient jdbc;
    private final SignedHead end;
    private final TreeBuilder tree;
    private final TreeHasher hasher = new TreeHasher();
    private final @Nullable CoveredEventsCheck wholeRound;
    private long verified;
    private long lastRecord;

    /**
     * Begins.
     *
     * @param end the last checkpoint
     * @param from the tree of an earlier checkpoint, all of which has been compared; or the empty one
     */
    ScrubRound(LogStore store, LogRecords records, JdbcClient jdbc, SignedHead end, RightEdge from) {
        this.store = store;
        this.records = records;
        this.jdbc = jdbc;
        this.end = end;
        this.verified = from.size();
        this.tree = new TreeBuilder(from, this::compare);
        this.wholeRound = from.size() == 0 ? new CoveredEventsCheck(jdbc) : null;
        if (from.size() > 0) {
            lastRecord = records.entries(from.size() - 1, 1).get(0).form().recordId();
        }
    }

    /** How many records have been compared, with those of rounds that this one goes on from. */
    long position() {
        return tree.size();
    }

    /** How many records the last checkpoint covers whose head has been compared. */
    long verified() {
        return verified;
    }

    /**
     * Compares up to a tile's worth of what is next.
     *
     * @return how many records or events that was; 0 at the end of the round
     * @throws BrokenLogException if the store does not hold what was signed
     */
    int step() {
        if (tree.size() == end.size()) {
            return wholeRound == null ? 0 : wholeRound.checkNextUncovered(lastRecord);
        }
        long from = tree.size();
        int count = (int) Math.min(Tile.WIDTH - from % Tile.WIDTH, end.size() - from);
        List<Entry> page = page(from, count);
        byte[] leaves = leaves(page);
        if ((from + count) % Tile.WIDTH == 0) {
            compareWithTile(from, leaves);
        }
        compareWithCheckpoints(from, leaves);
        (wholeRound == null ? new CoveredEventsCheck(jdbc) : wholeRound)
                .check(from, page.stream().map(Entry::form).toList());
        requireNoOther(from, page.stream().map(each -> each.form().recordId()).toList());
        return count;
    }

    private List<Entry> page(long from, int count) {
        try {
            return records.entries(from, count);
        } catch (BrokenLogException fault) {
            long place = fault.firstBad().orElse(from);
            if (place > from && (from + count) % Tile.WIDTH == 0) {
                // A record that was moved up puts the one behind it out of order, and is itself the first that is
                // wrong.
                compareWithTile(from, leaves(records.entries(from, (int) (place - from))));
            }
            throw fault;
        }
    }

    private byte[] leaves(List<Entry> page) {
        byte[] leaves = new byte[page.size() * TreeHash.BYTES];
        for (int i = 0; i < page.size(); i++) {
            byte[] record = page.get(i).canonical();
            hasher.leaf(record, 0, record.length, leaves, i * TreeHash.BYTES);
        }
        return leaves;
    }

    private void compareWithTile(long from, byte[] leaves) {
        byte[] tile = store.tile(0, from / Tile.WIDTH);
        int offset = (int) (from % Tile.WIDTH) * TreeHash.BYTES;
        int differs = Arrays.mismatch(leaves, 0, leaves.length, tile, offset, offset + leaves.length);
        if (differs >= 0) {
            long place = from + differs / TreeHash.BYTES;
            throw new BrokenLogException(
                    place, "record " + place + " has not the hash that its tile has: one of the two was changed");
        }
    }

    private void compareWithCheckpoints(long from, byte[] leaves) {
        int added = 0;
        for (SignedHead checkpoint : store.checkpoints(from, from + leaves.length / TreeHash.BYTES)) {
            added = addUpTo(checkpoint.size(), leaves, added);
            if (!tree.root().equals(checkpoint.checkpoint().root())) {
                throw new BrokenLogException(
                        verified,
                        "the head that was signed for " + checkpoint.size()
                                + " records is not that of what is stored: one of the records from " + verified + " to "
                                + (checkpoint.size() - 1) + " was changed");
            }
            verified = checkpoint.size();
        }
        addUpTo(from + leaves.length / TreeHash.BYTES, leaves, added);
    }

    private int addUpTo(long size, byte[] leaves, int added) {
        int next = added;
        for (; tree.size() < size; next++) {
            tree.addLeaf(leaves, next * TreeHash.BYTES);
        }
        return next;
    }

    /** A tile of the tree that the records make. */
    private void compare(int level, long index, byte[] hashes) {
        int differs = Arrays.mismatch(hashes, store.tile(level, index));
        if (differs >= 0) {
            long below = index * Tile.WIDTH + differs / TreeHash.BYTES;
            throw new BrokenLogException(
                    level == 0 ? below : LogStore.firstRecord(level - 1, below),
                    "tile " + level + "/" + index + " does not stand for what is below it");
        }
    }

    /** Between the records of the log lies none that has no place in it. */
    private void requireNoOther(long from, List<Long> placed) {
        long last = placed.get(placed.size() - 1);
        long there = jdbc.sql("select count(*) from audit_record where record_id > :after and record_id <= :last")
                .param("after", lastRecord)
                .param("last", last)
                .query(Long.class)
                .single();
        if (there != placed.size()) {
            long place = from + beside(placed);
            throw new BrokenLogException(
                    place, "beside record " + place + " lies another one that has no place in the log");
        }
        lastRecord = last;
    }

    /** Which of the placed records comes first at or behind one without a place. */
    private int beside(List<Long> placed) {
        long placeless = jdbc.sql("""
                        select coalesce(min(record_id), 0) from audit_record r where record_id > :after and record_id <= :last
                        and not exists (select from audit_index i where i.record_id = r.record_id and i.recorded_at = r.recorded_at)
                        """)
                .param("after", lastRecord)
                .param("last", placed.get(placed.size() - 1))
                .query(Long.class)
                .single();
        return (int) placed.stream().filter(id -> id < placeless).count();
    }
}

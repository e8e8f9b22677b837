package dev.keyledger.bench.pure;

import dev.keyledger.evidence.tree.InclusionProof;
import dev.keyledger.evidence.tree.TileSink;
import dev.keyledger.evidence.tree.TreeBuilder;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeHasher;
import dev.keyledger.evidence.tree.TreeProver;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The Merkle tree over audit records: what a record costs the log and its verifiers, and proofs from tiles in memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TreeBenchmark {

    /** Bytes of the audit record of a use. */
    private static final int RECORD = 720;

    private static final int LEAVES = 1_000_000;

    private final TreeHasher hasher = new TreeHasher();
    private final byte[] record = new byte[RECORD];
    private final byte[] leaf = new byte[TreeHash.BYTES];
    private final TreeBuilder records = new TreeBuilder(TileSink.NONE);
    private final TreeBuilder leaves = new TreeBuilder(TileSink.NONE);
    private final Map<Long, byte[]> tiles = new HashMap<>();
    private final TreeBuilder million = new TreeBuilder((level, index, hashes) -> tiles.put(key(level, index), hashes));
    private TreeProver prover = new TreeProver(records.edge(), (level, index) -> new byte[0]);
    private long next;

    /** A log of a million leaves. */
    @Setup
    public void fill() {
        Arrays.fill(record, (byte) 'r');
        for (int i = 0; i < LEAVES; i++) {
            million.addLeaf(leaf, 0);
        }
        prover = new TreeProver(million.edge(), (level, index) -> tiles.getOrDefault(key(level, index), new byte[0]));
    }

    private static long key(int level, long index) {
        return ((long) level << Integer.SIZE) | index;
    }

    /** Hash of a record. */
    @Benchmark
    public byte[] leaf() {
        hasher.leaf(record, 0, RECORD, leaf, 0);
        return leaf;
    }

    /** Adding a record: its hash and its share of the nodes. */
    @Benchmark
    public long addRecord() {
        records.addRecord(record);
        return records.size();
    }

    /** Adding a record whose hash is known. */
    @Benchmark
    public long addLeaf() {
        leaves.addLeaf(leaf, 0);
        return leaves.size();
    }

    /** The head of a million records, as for each checkpoint. */
    @Benchmark
    public TreeHash root() {
        return million.root();
    }

    /** An inclusion proof in a million records. */
    @Benchmark
    public InclusionProof inclusion() {
        next = (next + 7_919) % LEAVES;
        return prover.inclusion(next, LEAVES);
    }
}

package dev.keyledger.evidence.tree;

import java.util.Iterator;
import java.util.List;

/**
 * That a tree is the beginning of a later one, as RFC 6962 §2.1.2 proves it.
 *
 * @param from leaves of the earlier tree
 * @param to leaves of the later tree, at least as many
 * @param path hashes, the lowest in the tree first; empty if either tree follows from the other without proof
 */
public record ConsistencyProof(long from, long to, List<TreeHash> path) {

    public ConsistencyProof {
        path = List.copyOf(path);
        if (from < 0 || from > to) {
            throw new IllegalArgumentException("a tree of " + to + " leaves has no beginning of " + from);
        }
    }

    /**
     * Whether the tree with the head {@code earlier} is proved to be the beginning of the one with the head {@code later}. A proof that is too
     * long or too short proves nothing. Every tree goes on from one without leaves, so from 0 the later head is not looked at.
     */
    public boolean proves(TreeHash earlier, TreeHash later) {
        if (from == to) {
            return path.isEmpty() && earlier.equals(later) && (from > 0 || earlier.equals(TreeHash.EMPTY_TREE));
        }
        if (from == 0) {
            return path.isEmpty() && earlier.equals(TreeHash.EMPTY_TREE);
        }
        return follow(earlier, later);
    }

    /** RFC 9162 §2.1.4.2. */
    private boolean follow(TreeHash earlier, TreeHash later) {
        TreeHasher hasher = new TreeHasher();
        Iterator<TreeHash> hashes = path.iterator();
        // The largest complete subtree that the earlier tree ends with.
        int complete = Long.numberOfTrailingZeros(from);
        long node = (from - 1) >>> complete;
        long last = (to - 1) >>> complete;
        TreeHash start = earlier;
        if (Long.bitCount(from) != 1) {
            if (!hashes.hasNext()) {
                return false;
            }
            start = hashes.next();
        }
        TreeHash toEarlier = start;
        TreeHash toLater = start;
        while (hashes.hasNext()) {
            TreeHash beside = hashes.next();
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                toEarlier = hasher.node(beside, toEarlier);
                toLater = hasher.node(beside, toLater);
                int up = (node & 1) == 1 ? 0 : Long.numberOfTrailingZeros(node);
                node >>>= up;
                last >>>= up;
            } else {
                toLater = hasher.node(toLater, beside);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && toEarlier.equals(earlier) && toLater.equals(later);
    }
}

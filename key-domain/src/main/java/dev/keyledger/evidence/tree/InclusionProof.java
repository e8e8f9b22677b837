package dev.keyledger.evidence.tree;

import java.util.List;

/**
 * That a record is in a tree, as RFC 6962 §2.1.1 proves it.
 *
 * @param index position of the record, from 0
 * @param size leaves of the tree, more than {@code index}
 * @param path the hashes beside the way from the leaf to the root, the leaf's neighbour first
 */
public record InclusionProof(long index, long size, List<TreeHash> path) {

    public InclusionProof {
        path = List.copyOf(path);
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("no record " + index + " in a tree of " + size);
        }
    }

    /**
     * Whether the record with this leaf hash is proved to be in the tree with this head (RFC 9162 §2.1.3.2). A proof that is too long or too
     * short proves nothing.
     */
    public boolean proves(TreeHash leaf, TreeHash root) {
        TreeHasher hasher = new TreeHasher();
        TreeHash hash = leaf;
        long node = index;
        long last = size - 1;
        for (TreeHash beside : path) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                hash = hasher.node(beside, hash);
                // The last node of an odd row moves up without a neighbour.
                int up = (node & 1) == 1 ? 0 : Long.numberOfTrailingZeros(node);
                node >>>= up;
                last >>>= up;
            } else {
                hash = hasher.node(hash, beside);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && hash.equals(root);
    }
}

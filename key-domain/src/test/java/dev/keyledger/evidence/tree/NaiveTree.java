package dev.keyledger.evidence.tree;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** RFC 6962 §2.1 as it is written, without a thought for cost: the definition that everything else is held against. */
final class NaiveTree {

    private final List<byte[]> records;

    NaiveTree(List<byte[]> records) {
        this.records = records;
    }

    /** The first records of {@link SampleLog}. */
    static NaiveTree of(int size) {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            records.add(SampleLog.record(i));
        }
        return new NaiveTree(records);
    }

    TreeHash root(int size) {
        return TreeHash.of(mth(0, size));
    }

    List<TreeHash> inclusion(int index, int size) {
        return path(index, 0, size).stream().map(TreeHash::of).toList();
    }

    List<TreeHash> consistency(int from, int to) {
        return subproof(from, 0, to, true).stream().map(TreeHash::of).toList();
    }

    private byte[] mth(int start, int end) {
        int n = end - start;
        if (n == 0) {
            return sha256();
        }
        if (n == 1) {
            return sha256(new byte[] {0}, records.get(start));
        }
        int k = split(n);
        return sha256(new byte[] {1}, mth(start, start + k), mth(start + k, end));
    }

    private List<byte[]> path(int m, int start, int end) {
        int n = end - start;
        if (n == 1) {
            return new ArrayList<>();
        }
        int k = split(n);
        List<byte[]> path;
        if (m < k) {
            path = path(m, start, start + k);
            path.add(mth(start + k, end));
        } else {
            path = path(m - k, start + k, end);
            path.add(mth(start, start + k));
        }
        return path;
    }

    private List<byte[]> subproof(int m, int start, int end, boolean known) {
        int n = end - start;
        List<byte[]> proof;
        if (m == n) {
            proof = new ArrayList<>();
            if (!known) {
                proof.add(mth(start, end));
            }
            return proof;
        }
        int k = split(n);
        if (m <= k) {
            proof = subproof(m, start, start + k, known);
            proof.add(mth(start + k, end));
        } else {
            proof = subproof(m - k, start + k, end, false);
            proof.add(mth(start, start + k));
        }
        return proof;
    }

    private static int split(int n) {
        int k = 1;
        while (k * 2 < n) {
            k *= 2;
        }
        return k;
    }

    private static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}

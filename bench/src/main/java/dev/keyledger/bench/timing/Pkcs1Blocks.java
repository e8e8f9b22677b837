package dev.keyledger.bench.timing;

import java.math.BigInteger;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Ciphertexts of PKCS#1 v1.5 blocks, each class with one fault, with fresh padding in each (RFC 8017 §7.2). */
final class Pkcs1Blocks {

    /** Name of the class without a fault. */
    static final String GOOD = "good";

    private static final int BYTES = 256;
    private static final int SEPARATOR = BYTES - 32 - 1;

    private final RSAPublicKey key;
    private final SplittableRandom random = new SplittableRandom();

    Pkcs1Blocks(RSAPublicKey key) {
        this.key = key;
    }

    /** So many ciphertexts of each class. */
    Map<String, List<byte[]>> all(int each) {
        Map<String, Consumer<byte[]>> faults = new LinkedHashMap<>();
        faults.put(GOOD, block -> {});
        faults.put("first byte not zero", block -> block[0] = 1);
        faults.put("block type 1", block -> block[1] = 1);
        faults.put("block type 0", block -> block[1] = 0);
        faults.put("no separator", block -> block[SEPARATOR] = 1);
        faults.put("message one byte longer", block -> move(block, SEPARATOR - 1));
        faults.put("message one byte shorter", block -> move(block, SEPARATOR + 1));
        faults.put("separator at once", block -> move(block, 2));
        faults.put("empty message", block -> move(block, BYTES - 1));
        faults.put("zero early in the padding", block -> block[3] = 0);
        faults.put("zero late in the padding", block -> block[SEPARATOR - 3] = 0);
        faults.put("random block", this::fill);
        Map<String, List<byte[]>> ciphertexts = new LinkedHashMap<>();
        faults.forEach((name, fault) -> {
            List<byte[]> some = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                byte[] block = good();
                fault.accept(block);
                some.add(encrypted(block));
            }
            ciphertexts.put(name, some);
        });
        return ciphertexts;
    }

    private byte[] good() {
        byte[] block = new byte[BYTES];
        fill(block);
        block[1] = 2;
        block[SEPARATOR] = 0;
        return block;
    }

    /** Nonzero bytes everywhere but at the very beginning. */
    private void fill(byte[] block) {
        block[0] = 0;
        for (int i = 1; i < BYTES; i++) {
            block[i] = (byte) random.nextInt(1, 256);
        }
    }

    private static void move(byte[] block, int separator) {
        block[SEPARATOR] = 1;
        block[separator] = 0;
    }

    private byte[] encrypted(byte[] block) {
        byte[] bytes = new BigInteger(1, block)
                .modPow(key.getPublicExponent(), key.getModulus())
                .toByteArray();
        byte[] out = new byte[BYTES];
        int length = Math.min(BYTES, bytes.length);
        System.arraycopy(bytes, bytes.length - length, out, BYTES - length, length);
        return out;
    }
}

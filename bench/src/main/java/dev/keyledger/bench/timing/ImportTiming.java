package dev.keyledger.bench.timing;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.crypto.BindingTag;
import dev.keyledger.crypto.WrappedMaterialDecoder;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.MaterialTag;
import dev.keyledger.material.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;

/**
 * Times how ImportKeyMaterial opens wrapped material: the private operation, the decoding, the choice of the substitute and the comparison
 * with the key's own material. Classes of faults take turns in random order, so that whatever slows the machine slows all alike.
 */
public final class ImportTiming {

    private static final int CIPHERTEXTS = 64;

    private final KeyPair pair;
    private final Map<String, List<byte[]>> ciphertexts;
    private final SecretBytes privateKey;
    private final SecretBytes share;
    private final SecretBytes bindingSecret;
    private final KeyId keyId = KeyId.of(UUID.randomUUID());
    private final MaterialTag boundTo;

    /** With a fresh wrapping key. */
    public ImportTiming() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            pair = generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has RSA", impossible);
        }
        ciphertexts = new Pkcs1Blocks((RSAPublicKey) pair.getPublic()).all(CIPHERTEXTS);
        privateKey = SecretBytes.takeFrom(pair.getPrivate().getEncoded());
        share = fresh();
        bindingSecret = fresh();
        try (SecretBytes material = fresh()) {
            boundTo = BindingTag.of(bindingSecret, keyId, material);
        }
    }

    private static SecretBytes fresh() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return SecretBytes.takeFrom(bytes);
    }

    /** What is timed. */
    private interface Opening {

        /** Answers something that depends on the whole work. */
        boolean open(byte[] encrypted) throws GeneralSecurityException;
    }

    /** The service's own way. */
    public Map<String, Sample> ofTheService(int samples) {
        return measure(samples, encrypted -> {
            try (UnwrappedMaterial material =
                    WrappedMaterialDecoder.decode(privateKey, WrappingAlgorithm.RSAES_PKCS1_V1_5, encrypted, share)) {
                MaterialTag tag = BindingTag.of(bindingSecret, keyId, material.bytes());
                boolean same = boundTo.sameAs(tag);
                return same || material.genuine();
            }
        });
    }

    /** The platform's own padding, which throws: a difference that this method must find, or it finds nothing. */
    public Map<String, Sample> ofThePlatform(int samples) {
        return measure(samples, encrypted -> {
            Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
            cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate());
            try {
                return cipher.doFinal(encrypted).length == 32;
            } catch (BadPaddingException fault) {
                return false;
            }
        });
    }

    private Map<String, Sample> measure(int samples, Opening opening) {
        Map<String, Sample> results = new LinkedHashMap<>();
        ciphertexts.keySet().forEach(name -> results.put(name, new Sample(samples)));
        List<Map.Entry<String, List<byte[]>>> classes = new ArrayList<>(ciphertexts.entrySet());
        Random order = new Random();
        int warmUp = Math.max(500, samples / 10);
        int answers = 0;
        try {
            for (int round = -warmUp; round < samples; round++) {
                Collections.shuffle(classes, order);
                for (Map.Entry<String, List<byte[]>> each : classes) {
                    byte[] encrypted = each.getValue().get(order.nextInt(CIPHERTEXTS));
                    long begun = System.nanoTime();
                    boolean answer = opening.open(encrypted);
                    long duration = System.nanoTime() - begun;
                    answers += answer ? 1 : 0;
                    Sample sample = results.get(each.getKey());
                    if (round >= 0 && sample != null) {
                        sample.add(duration);
                    }
                }
            }
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has RSA", impossible);
        }
        if (answers != samples + warmUp) {
            throw new IllegalStateException(answers + " of the good ciphertexts opened instead of all");
        }
        return results;
    }

    /** Name of the class that all others are compared with. */
    public static String good() {
        return Pkcs1Blocks.GOOD;
    }
}

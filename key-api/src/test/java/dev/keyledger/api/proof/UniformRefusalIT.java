package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever sends wrapped material that does not open learns that it does not, and nothing more: bad padding, a wrong length and other material
 * than the key is bound to have one answer, byte for byte, in every state (Bleichenbacher 1998, Manger 2001).
 */
class UniformRefusalIT {

    private static final int MODULUS_BYTES = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static KeyledgerProcess node;
    private static SignedHttp client;

    @BeforeAll
    static void start(@TempDir Path directory) {
        node = KeyledgerProcess.in(directory.resolve("node")).start();
        client = new SignedHttp(node);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSAES_PKCS1_V1_5", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"})
    void every_fault_in_every_state_has_one_answer(String algorithm) {
        Map<String, Function<RSAPublicKey, byte[]>> faults = faults(algorithm);
        assertThat(faults).as("less than the failures a token survives").hasSizeLessThan(16);
        Set<String> bodies = new TreeSet<>();
        for (String state : new String[] {"never imported", "Enabled", "Disabled", "material deleted"}) {
            String keyId = keyIn(state);
            ExternalKey key = ExternalKey.of(client, keyId, algorithm);
            faults.forEach((fault, ciphertext) -> {
                if (state.equals("never imported") && fault.equals("other material")) {
                    return;
                }
                SignedHttp.Raw raw = client.send(
                        "ImportKeyMaterial",
                        Map.of(
                                "KeyId",
                                keyId,
                                "ImportToken",
                                key.token(),
                                "EncryptedKeyMaterial",
                                Base64.getEncoder().encodeToString(ciphertext.apply(publicKey(key.publicKey())))));
                assertThat(raw.status())
                        .as("%s, %s: %s", state, fault, raw.body())
                        .isEqualTo(400);
                assertThat(raw.body()).as("%s, %s", state, fault).contains("\"InvalidKeyMaterial\"");
                bodies.add(raw.body().replaceAll("\"RequestId\"\\s*:\\s*\"[^\"]*\"", "\"RequestId\":\"\""));
            });
        }
        assertThat(bodies).as("bodies of all faults in all states").hasSize(1);
    }

    private static String keyIn(String state) {
        if (state.equals("never imported")) {
            return ExternalKey.create(client, "RSAES_OAEP_SHA_256").keyId();
        }
        ExternalKey key = ExternalKey.holding(client, Wrapping.material());
        switch (state) {
            case "Disabled" -> key.call("DisableKey").granted();
            case "material deleted" -> key.call("DeleteKeyMaterial").granted();
            default -> assertThat(key.state()).isEqualTo(state);
        }
        return key.keyId();
    }

    private static Map<String, Function<RSAPublicKey, byte[]>> faults(String algorithm) {
        Map<String, Function<RSAPublicKey, byte[]>> faults = new LinkedHashMap<>();
        faults.put("random bytes below the modulus", key -> encrypt(key, block(0x00, RANDOM.nextInt(256), -1)));
        for (int length : new int[] {0, 31, 33}) {
            faults.put(
                    "valid, of length " + length,
                    key -> Base64.getDecoder()
                            .decode(Wrapping.wrap(
                                    algorithm,
                                    Base64.getEncoder().encodeToString(key.getEncoded()),
                                    new byte[length])));
        }
        faults.put(
                "other material",
                key -> Base64.getDecoder()
                        .decode(Wrapping.wrap(
                                algorithm, Base64.getEncoder().encodeToString(key.getEncoded()), Wrapping.material())));
        if (algorithm.equals("RSAES_PKCS1_V1_5")) {
            faults.put("leading byte not zero", key -> encrypt(key, block(0x01, 0x02, MODULUS_BYTES - 33)));
            faults.put("block type 1", key -> encrypt(key, block(0x00, 0x01, MODULUS_BYTES - 33)));
            faults.put("no separator", key -> encrypt(key, block(0x00, 0x02, -1)));
            faults.put("separator in the first eight bytes of padding", key -> encrypt(key, block(0x00, 0x02, 5)));
            faults.put("separator one byte early", key -> encrypt(key, block(0x00, 0x02, MODULUS_BYTES - 34)));
        } else {
            faults.put("leading byte not zero", key -> encrypt(key, block(0x01, 0x02, -1)));
            String other = algorithm.equals("RSAES_OAEP_SHA_1") ? "RSAES_OAEP_SHA_256" : "RSAES_OAEP_SHA_1";
            faults.put(
                    "the other hash",
                    key -> Base64.getDecoder()
                            .decode(Wrapping.wrap(
                                    other, Base64.getEncoder().encodeToString(key.getEncoded()), new byte[32])));
        }
        return faults;
    }

    /** A block of random bytes without zeros, but for a separator at a position if that is not negative. */
    private static byte[] block(int first, int second, int separator) {
        byte[] block = new byte[MODULUS_BYTES];
        RANDOM.nextBytes(block);
        for (int i = 0; i < block.length; i++) {
            block[i] = block[i] == 0 ? 1 : block[i];
        }
        block[0] = (byte) first;
        block[1] = (byte) second;
        if (separator >= 0) {
            block[separator] = 0;
        }
        return block;
    }

    /** The bare RSA operation, RFC 8017 section 5.1.1. */
    private static byte[] encrypt(RSAPublicKey key, byte[] block) {
        byte[] number = new BigInteger(1, block)
                .modPow(key.getPublicExponent(), key.getModulus())
                .toByteArray();
        byte[] ciphertext = new byte[MODULUS_BYTES];
        int from = Math.max(0, number.length - MODULUS_BYTES);
        System.arraycopy(number, from, ciphertext, MODULUS_BYTES - (number.length - from), number.length - from);
        return ciphertext;
    }

    private static RSAPublicKey publicKey(String base64) {
        try {
            return (RSAPublicKey) KeyFactory.getInstance("RSA")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
        } catch (GeneralSecurityException failed) {
            throw new AssertionError(Arrays.toString(failed.getStackTrace()), failed);
        }
    }
}

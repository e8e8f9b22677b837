package dev.keyledger.crypto;

import static dev.keyledger.importing.WrappingAlgorithm.RSAES_OAEP_SHA_1;
import static dev.keyledger.importing.WrappingAlgorithm.RSAES_OAEP_SHA_256;
import static dev.keyledger.importing.WrappingAlgorithm.RSAES_PKCS1_V1_5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.crypto.GoldenFile.Vector;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Which client recipe opens under which wrapping algorithm, and what every padding fault comes to. */
class WrappedMaterialDecoderTest {

    private static final JsonNode FILE = GoldenFile.read("/crypto/openssl-wrapped-material.json");
    private static final SecretBytes PRIVATE_KEY = SecretBytes.takeFrom(base64("privateKey"));
    private static final RSAPublicKey PUBLIC_KEY = publicKey();
    private static final byte[] MATERIAL = base64("material");
    private static final SecretBytes SUBSTITUTE_SECRET = SecretBytes.takeFrom(new byte[32]);

    private static byte[] base64(String name) {
        return Base64.getDecoder().decode(FILE.get(name).stringValue());
    }

    private static RSAPublicKey publicKey() {
        try {
            return (RSAPublicKey)
                    KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(base64("publicKey")));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Stream<Vector> opensslRecipes() {
        return GoldenFile.vectors("/crypto/openssl-wrapped-material.json");
    }

    @ParameterizedTest
    @MethodSource("opensslRecipes")
    void an_openssl_recipe_opens_under_its_algorithm_and_no_other(Vector recipe) {
        byte[] encrypted = recipe.base64("encryptedKeyMaterial");
        for (WrappingAlgorithm algorithm : WrappingAlgorithm.values()) {
            if (algorithm.name().equals(recipe.text("opensAs"))) {
                assertOpens(algorithm, encrypted);
            } else {
                assertRefused(
                        algorithm,
                        encrypted,
                        algorithm.name().equals(recipe.text("hintWhenOpenedAs"))
                                ? ErrorCode.INVALID_KEY_MATERIAL_MGF1
                                : ErrorCode.INVALID_KEY_MATERIAL);
            }
        }
    }

    /** A way to wrap with a Java cipher: provider, transformation and explicit parameters if any. */
    enum JavaRecipe {
        SUN_PKCS1(false, "RSA/ECB/PKCS1Padding", null, RSAES_PKCS1_V1_5),
        SUN_SHA_1(false, "RSA/ECB/OAEPWithSHA-1AndMGF1Padding", null, RSAES_OAEP_SHA_1),
        SUN_OAEP(false, "RSA/ECB/OAEPPadding", null, RSAES_OAEP_SHA_1),
        /** The trap: named SHA-256, but its default MGF1 is SHA-1. */
        SUN_SHA_256_WITHOUT_PARAMETERS(false, "RSA/ECB/OAEPWithSHA-256AndMGF1Padding", null, null),
        /** The vendor page's sample: named SHA-1, with explicit SHA-256 parameters, which win. */
        VENDOR_SAMPLE(false, "RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "SHA-256", RSAES_OAEP_SHA_256),
        SUN_SHA_256_WITH_PARAMETERS(false, "RSA/ECB/OAEPWithSHA-256AndMGF1Padding", "SHA-256", RSAES_OAEP_SHA_256),
        BC_PKCS1(true, "RSA/ECB/PKCS1Padding", null, RSAES_PKCS1_V1_5),
        BC_SHA_1(true, "RSA/ECB/OAEPWithSHA-1AndMGF1Padding", null, RSAES_OAEP_SHA_1),
        BC_SHA_256_WITHOUT_PARAMETERS(true, "RSA/ECB/OAEPWithSHA-256AndMGF1Padding", null, RSAES_OAEP_SHA_256),
        BC_VENDOR_SAMPLE(true, "RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "SHA-256", RSAES_OAEP_SHA_256);

        private final boolean bouncyCastle;
        private final String transformation;
        private final @Nullable String explicitHash;
        private final @Nullable WrappingAlgorithm opensAs;

        JavaRecipe(
                boolean bouncyCastle,
                String transformation,
                @Nullable String explicitHash,
                @Nullable WrappingAlgorithm opensAs) {
            this.bouncyCastle = bouncyCastle;
            this.transformation = transformation;
            this.explicitHash = explicitHash;
            this.opensAs = opensAs;
        }

        byte[] wrap(byte[] message) throws GeneralSecurityException {
            Cipher cipher = bouncyCastle
                    ? Cipher.getInstance(transformation, new BouncyCastleProvider())
                    : Cipher.getInstance(transformation, "SunJCE");
            if (explicitHash == null) {
                cipher.init(Cipher.ENCRYPT_MODE, PUBLIC_KEY);
            } else {
                cipher.init(
                        Cipher.ENCRYPT_MODE,
                        PUBLIC_KEY,
                        new OAEPParameterSpec(
                                explicitHash, "MGF1", new MGF1ParameterSpec(explicitHash), PSource.PSpecified.DEFAULT));
            }
            return cipher.doFinal(message);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_java_recipe_opens_under_its_algorithm_and_no_other(JavaRecipe recipe) throws GeneralSecurityException {
        byte[] encrypted = recipe.wrap(MATERIAL);
        for (WrappingAlgorithm algorithm : WrappingAlgorithm.values()) {
            if (algorithm == recipe.opensAs) {
                assertOpens(algorithm, encrypted);
            } else {
                assertRefused(
                        algorithm,
                        encrypted,
                        recipe == JavaRecipe.SUN_SHA_256_WITHOUT_PARAMETERS && algorithm == RSAES_OAEP_SHA_256
                                ? ErrorCode.INVALID_KEY_MATERIAL_MGF1
                                : ErrorCode.INVALID_KEY_MATERIAL);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SUN_PKCS1", "SUN_SHA_1", "VENDOR_SAMPLE"})
    void material_of_any_other_length_is_refused(JavaRecipe recipe) throws GeneralSecurityException {
        for (int length : new int[] {0, 1, 16, 31, 33, 64, 128}) {
            assertRefused(
                    Objects.requireNonNull(recipe.opensAs),
                    recipe.wrap(new byte[length]),
                    ErrorCode.INVALID_KEY_MATERIAL);
        }
    }

    @Test
    void material_that_begins_with_zeros_keeps_them() throws GeneralSecurityException {
        byte[] zeros = new byte[32];
        zeros[31] = 5;
        for (JavaRecipe recipe :
                new JavaRecipe[] {JavaRecipe.SUN_PKCS1, JavaRecipe.SUN_SHA_1, JavaRecipe.VENDOR_SAMPLE}) {
            UnwrappedMaterial opened = decode(Objects.requireNonNull(recipe.opensAs), recipe.wrap(zeros));
            assertThat(opened.genuine()).isTrue();
            assertThat(copy(opened.bytes())).isEqualTo(zeros);
        }
    }

    /** PKCS#1 v1.5 blocks with one fault each; the first is the good one. */
    static Map<String, byte[]> pkcs1Blocks() {
        Map<String, byte[]> blocks = new TreeMap<>();
        blocks.put("good", block(0, 2, 223));
        blocks.put("first byte not zero", block(1, 2, 223));
        blocks.put("block type 1", block(0, 1, 223));
        blocks.put("block type 0", block(0, 0, 223));
        blocks.put("no separator", block(0, 2, -1));
        blocks.put("separator one early", block(0, 2, 222));
        blocks.put("separator one late", block(0, 2, 224));
        blocks.put("separator at once", block(0, 2, 2));
        blocks.put("separator at the end: empty message", block(0, 2, 255));
        for (int position = 2; position < 223; position++) {
            byte[] secondZero = block(0, 2, 223);
            secondZero[position] = 0;
            blocks.put("zero in the padding at " + position, secondZero);
        }
        return blocks;
    }

    private static byte[] block(int first, int type, int separator) {
        byte[] block = new byte[256];
        Arrays.fill(block, (byte) 0x5a);
        block[0] = (byte) first;
        block[1] = (byte) type;
        if (separator >= 0) {
            block[separator] = 0;
        }
        System.arraycopy(MATERIAL, 0, block, 224, separator == 223 ? 32 : 0);
        return block;
    }

    @Test
    void every_padding_fault_comes_to_the_same() {
        pkcs1Blocks().forEach((name, block) -> {
            byte[] encrypted = raw(new BigInteger(1, block));
            if (name.equals("good")) {
                assertOpens(RSAES_PKCS1_V1_5, encrypted);
            } else {
                UnwrappedMaterial refused = assertRefused(RSAES_PKCS1_V1_5, encrypted, ErrorCode.INVALID_KEY_MATERIAL);
                assertThat(refused.internalReason()).as(name).isEqualTo("not a PKCS#1 v1.5 block of 32 bytes");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void what_is_not_a_ciphertext_of_the_key_is_refused(WrappingAlgorithm algorithm) {
        byte[] modulus = unsigned(PUBLIC_KEY.getModulus());
        Stream.of(
                        new byte[0],
                        new byte[1],
                        new byte[255],
                        new byte[256],
                        new byte[257],
                        new byte[100_000],
                        modulus,
                        unsigned(PUBLIC_KEY.getModulus().add(BigInteger.ONE)),
                        unsigned(PUBLIC_KEY.getModulus().subtract(BigInteger.ONE)),
                        filled(0xff))
                .forEach(encrypted -> assertRefused(algorithm, encrypted, ErrorCode.INVALID_KEY_MATERIAL));
    }

    @ParameterizedTest
    @EnumSource
    void random_ciphertexts_are_refused(WrappingAlgorithm algorithm) {
        Random seeded = new Random(11);
        for (int i = 0; i < 100; i++) {
            byte[] encrypted = new byte[256];
            seeded.nextBytes(encrypted);
            encrypted[0] = 0;
            assertRefused(algorithm, encrypted, ErrorCode.INVALID_KEY_MATERIAL);
        }
    }

    @Test
    void substitutes_depend_on_the_ciphertext_and_on_the_token() {
        Set<String> substitutes = new HashSet<>();
        byte[] encrypted = raw(BigInteger.TWO);
        byte[] other = raw(BigInteger.TEN);
        try (SecretBytes otherSecret = SecretBytes.takeFrom(filled(1, 32))) {
            for (SecretBytes secret : new SecretBytes[] {SUBSTITUTE_SECRET, otherSecret}) {
                for (byte[] each : new byte[][] {encrypted, other, encrypted}) {
                    UnwrappedMaterial refused =
                            WrappedMaterialDecoder.decode(PRIVATE_KEY, RSAES_PKCS1_V1_5, each, secret);
                    substitutes.add(HexFormat.of().formatHex(copy(refused.bytes())));
                }
            }
        }
        assertThat(substitutes).hasSize(4);
    }

    @Test
    void weak_material_is_opened_and_named() throws GeneralSecurityException {
        byte[] weak = new byte[32];
        new Random(42).nextBytes(weak);
        UnwrappedMaterial opened = decode(RSAES_OAEP_SHA_256, JavaRecipe.VENDOR_SAMPLE.wrap(weak));
        assertThat(opened.genuine()).isTrue();
        assertThat(opened.weakness()).isEqualTo("java-util-random");
    }

    @Test
    void its_key_must_be_an_rsa_2048_private_key() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        byte[] small = generator.generateKeyPair().getPrivate().getEncoded();
        for (byte[] wrong : new byte[][] {small, new byte[40], base64("publicKey")}) {
            SecretBytes key = SecretBytes.copyOf(wrong);
            assertThatThrownBy(() ->
                            WrappedMaterialDecoder.decode(key, RSAES_OAEP_SHA_1, new byte[256], SUBSTITUTE_SECRET))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static byte[] raw(BigInteger message) {
        return unsigned(message.modPow(PUBLIC_KEY.getPublicExponent(), PUBLIC_KEY.getModulus()));
    }

    private static byte[] unsigned(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] out = new byte[256];
        int length = Math.min(256, bytes.length);
        System.arraycopy(bytes, bytes.length - length, out, 256 - length, length);
        return out;
    }

    private static byte[] filled(int value) {
        return filled(value, 256);
    }

    private static byte[] filled(int value, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static UnwrappedMaterial decode(WrappingAlgorithm algorithm, byte[] encrypted) {
        return WrappedMaterialDecoder.decode(PRIVATE_KEY, algorithm, encrypted, SUBSTITUTE_SECRET);
    }

    private static void assertOpens(WrappingAlgorithm algorithm, byte[] encrypted) {
        UnwrappedMaterial opened = decode(algorithm, encrypted);
        assertThat(opened.genuine()).as("%s", algorithm).isTrue();
        assertThat(opened.internalReason()).isEmpty();
        assertThat(copy(opened.bytes())).isEqualTo(MATERIAL);
    }

    private static UnwrappedMaterial assertRefused(WrappingAlgorithm algorithm, byte[] encrypted, ErrorCode code) {
        UnwrappedMaterial refused = decode(algorithm, encrypted);
        assertThat(refused.genuine()).as("%s", algorithm).isFalse();
        assertThat(refused.refusal()).as("%s", algorithm).isEqualTo(code);
        assertThat(refused.internalReason()).isNotEmpty();
        assertThat(refused.weakness()).isEmpty();
        assertThat(copy(refused.bytes())).hasSize(32).isNotEqualTo(MATERIAL).isNotEqualTo(new byte[32]);
        return refused;
    }

    private static byte[] copy(SecretBytes secret) {
        return secret.use(byte[]::clone);
    }
}

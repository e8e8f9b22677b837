package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.SecretBytes;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Project Wycheproof's vectors through the classes that open real ones. Imported material is narrower than the padding schemes: 32 bytes and
 * no label, so most valid vectors must be refused too.
 */
class WycheproofTest {

    private static final String OAEP_SHA_1 = "rsa_oaep_2048_sha1_mgf1sha1_test.json";
    private static final String OAEP_SHA_256 = "rsa_oaep_2048_sha256_mgf1sha256_test.json";
    private static final String OAEP_SHA_256_MGF1_SHA_1 = "rsa_oaep_2048_sha256_mgf1sha1_test.json";
    private static final String PKCS1 = "rsa_pkcs1_2048_test.json";

    /** One vector with its group. */
    record Case(JsonNode group, JsonNode test) {

        static Stream<Case> of(String file) {
            return GoldenFile.read("/wycheproof/" + file)
                    .get("testGroups")
                    .valueStream()
                    .flatMap(group -> group.get("tests").valueStream().map(test -> new Case(group, test)));
        }

        byte[] bytes(String name) {
            return HexFormat.of().parseHex(test.get(name).stringValue());
        }

        boolean valid() {
            return test.get("result").stringValue().equals("valid");
        }

        boolean importable() {
            return valid()
                    && bytes("msg").length == WrappedMaterialDecoder.MATERIAL_BYTES
                    && (!test.has("label") || bytes("label").length == 0);
        }

        UnwrappedMaterial decode(WrappingAlgorithm algorithm) {
            return WrappedMaterialDecoder.decode(
                    SecretBytes.takeFrom(
                            HexFormat.of().parseHex(group.get("privateKeyPkcs8").stringValue())),
                    algorithm,
                    bytes("ct"),
                    SecretBytes.takeFrom(new byte[32]));
        }

        @Override
        public String toString() {
            return "tcId " + test.get("tcId") + " " + test.get("result").stringValue() + " "
                    + test.get("comment").stringValue();
        }
    }

    static Stream<Case> oaepSha1() {
        return Case.of(OAEP_SHA_1);
    }

    static Stream<Case> oaepSha256() {
        return Case.of(OAEP_SHA_256);
    }

    static Stream<Case> oaepSha256WithMgf1Sha1() {
        return Case.of(OAEP_SHA_256_MGF1_SHA_1);
    }

    static Stream<Case> pkcs1() {
        return Case.of(PKCS1);
    }

    @ParameterizedTest
    @MethodSource("oaepSha1")
    void oaep_with_sha_1(Case vector) {
        assertOpensIfImportable(vector, WrappingAlgorithm.RSAES_OAEP_SHA_1);
    }

    @ParameterizedTest
    @MethodSource("oaepSha256")
    void oaep_with_sha_256(Case vector) {
        assertOpensIfImportable(vector, WrappingAlgorithm.RSAES_OAEP_SHA_256);
    }

    @ParameterizedTest
    @MethodSource("oaepSha256WithMgf1Sha1")
    void oaep_with_sha_256_and_mgf1_sha_1_never_opens(Case vector) {
        for (WrappingAlgorithm algorithm : WrappingAlgorithm.values()) {
            assertThat(vector.decode(algorithm).genuine()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("pkcs1")
    void pkcs1(Case vector) {
        assertOpensIfImportable(vector, WrappingAlgorithm.RSAES_PKCS1_V1_5);
    }

    private static void assertOpensIfImportable(Case vector, WrappingAlgorithm algorithm) {
        UnwrappedMaterial decoded = vector.decode(algorithm);
        assertThat(decoded.genuine()).isEqualTo(vector.importable());
        if (vector.importable()) {
            assertThat(decoded.bytes().<byte[]>use(byte[]::clone)).isEqualTo(vector.bytes("msg"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OAEP_SHA_1, OAEP_SHA_256, PKCS1})
    void each_file_has_material_that_opens(String file) {
        assertThat(Case.of(file).filter(Case::importable)).isNotEmpty();
    }

    static Stream<Case> gcm() {
        return Case.of("aes_gcm_test.json")
                .filter(each -> each.group().get("keySize").intValue() == 256)
                .filter(each -> each.group().get("ivSize").intValue() == 96)
                .filter(each -> each.group().get("tagSize").intValue() == 128);
    }

    @ParameterizedTest
    @MethodSource("gcm")
    void aes_256_gcm(Case vector) {
        byte[] sealed = ByteLayout.empty()
                .fixed(vector.bytes("ct"))
                .fixed(vector.bytes("tag"))
                .bytes();
        Optional<byte[]> opened = AesGcm.decrypt(vector.bytes("key"), vector.bytes("iv"), vector.bytes("aad"), sealed);
        if (vector.valid()) {
            assertThat(opened).hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(vector.bytes("msg")));
            assertThat(AesGcm.encrypt(
                            vector.bytes("key"), vector.bytes("iv"), vector.bytes("aad"), vector.bytes("msg")))
                    .isEqualTo(sealed);
        } else {
            assertThat(opened).isEmpty();
        }
    }

    @Test
    void the_gcm_file_has_vectors_of_our_parameters() {
        assertThat(gcm()).hasSize(66);
    }
}

package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.crypto.GoldenFile.Vector;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.OpenedImportToken;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.SecretUnwrapException;
import dev.keyledger.material.WrappedSecret;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportTokenFormatTest {

    static Stream<Vector> vectors() {
        return GoldenFile.vectors("/crypto/import-token-v1.json");
    }

    private static Vector example() {
        return vectors().findFirst().orElseThrow();
    }

    private static OpenedImportToken token(Vector vector) {
        return new OpenedImportToken(
                tokenId(vector),
                vector.secret("share"),
                vector.keyId(),
                WrappingAlgorithm.valueOf(vector.text("algorithm")),
                vector.text("publicKeyDigest"),
                Instant.ofEpochMilli(vector.json().get("issuedAtMillis").longValue()),
                Instant.ofEpochMilli(vector.json().get("expiresAtMillis").longValue()));
    }

    private static ImportTokenId tokenId(Vector vector) {
        return new ImportTokenId(UUID.fromString(vector.text("tokenId")));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void is_sealed_as_published(Vector vector) {
        assertThat(ImportTokenFormat.seal(
                        vector.secret("tokenKey"), vector.number("day"), token(vector), vector.hex("iv")))
                .isEqualTo(vector.text("importToken"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void opens_as_published(Vector vector) {
        ImportTokenFormat.Sealed sealed = ImportTokenFormat.parse(vector.text("importToken"));
        OpenedImportToken opened = ImportTokenFormat.open(vector.secret("tokenKey"), sealed);

        assertThat(sealed.day()).isEqualTo(vector.number("day"));
        assertThat(opened).usingRecursiveComparison().isEqualTo(token(vector));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void the_private_key_unwraps_as_published(Vector vector) {
        Vector session = new Vector(vector.json().get("session"));
        SecretBytes privateKey = ImportTokenFormat.unwrapPrivateKey(
                vector.secret("tokenKey"),
                vector.secret("share"),
                tokenId(vector),
                vector.keyId(),
                new WrappedSecret(session.hex("iv"), session.hex("wrapped")));
        assertThat(privateKey.sameAs(session.secret("privateKey"))).isTrue();
    }

    @Test
    void every_changed_bit_is_refused() {
        Vector vector = example();
        SecretBytes tokenKey = vector.secret("tokenKey");
        byte[] genuine = vector.base64("importToken");
        for (int bit = 0; bit < genuine.length * 8; bit++) {
            byte[] changed = genuine.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertInvalid(() -> open(tokenKey, changed));
        }
    }

    @Test
    void every_other_length_is_refused() {
        Vector vector = example();
        SecretBytes tokenKey = vector.secret("tokenKey");
        byte[] genuine = vector.base64("importToken");
        for (int length = 0; length < 1_000; length++) {
            if (length != genuine.length) {
                byte[] changed = Arrays.copyOf(genuine, length);
                assertInvalid(() -> open(tokenKey, changed));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "not a token", "AQAA UKo=", "%41", "AQ==="})
    void text_that_is_not_base64_is_refused(String text) {
        assertInvalid(() -> ImportTokenFormat.parse(text));
    }

    @Test
    void the_token_key_of_another_day_does_not_open_it() {
        Vector vector = example();
        assertInvalid(() -> ImportTokenFormat.open(
                SecretBytes.takeFrom(new byte[32]), ImportTokenFormat.parse(vector.text("importToken"))));
    }

    @Test
    void neither_half_nor_another_place_opens_the_private_key() {
        Vector vector = example();
        SecretBytes tokenKey = vector.secret("tokenKey");
        SecretBytes share = vector.secret("share");
        ImportTokenId tokenId = tokenId(vector);
        KeyId keyId = vector.keyId();
        WrappedSecret wrapped = ImportTokenFormat.wrapPrivateKey(
                tokenKey, share, tokenId, keyId, SecretBytes.takeFrom(new byte[1200]), new SecureRandom());
        SecretBytes wrong = SecretBytes.takeFrom(new byte[32]);

        assertThat(ImportTokenFormat.unwrapPrivateKey(tokenKey, share, tokenId, keyId, wrapped)
                        .length())
                .isEqualTo(1200);
        Stream.<Runnable>of(
                        () -> ImportTokenFormat.unwrapPrivateKey(wrong, share, tokenId, keyId, wrapped),
                        () -> ImportTokenFormat.unwrapPrivateKey(tokenKey, wrong, tokenId, keyId, wrapped),
                        () -> ImportTokenFormat.unwrapPrivateKey(
                                tokenKey, share, new ImportTokenId(new UUID(0, 0)), keyId, wrapped),
                        () -> ImportTokenFormat.unwrapPrivateKey(
                                tokenKey, share, tokenId, KeyId.of(new UUID(0, 0)), wrapped))
                .forEach(attempt -> assertThatThrownBy(attempt::run).isInstanceOf(SecretUnwrapException.class));
    }

    private static OpenedImportToken open(SecretBytes tokenKey, byte[] token) {
        return ImportTokenFormat.open(
                tokenKey, ImportTokenFormat.parse(Base64.getEncoder().encodeToString(token)));
    }

    private static void assertInvalid(Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_IMPORT_TOKEN));
    }
}

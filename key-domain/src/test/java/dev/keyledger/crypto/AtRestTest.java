package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.crypto.GoldenFile.Vector;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.SecretUnwrapException;
import dev.keyledger.material.WrappedSecret;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Secrets as they lie in the database. */
class AtRestTest {

    static Stream<Vector> vectors() {
        return GoldenFile.vectors("/crypto/at-rest-v1.json");
    }

    private static byte[] additionalData(Vector vector) {
        int number = vector.number("number");
        return switch (vector.text("name")) {
            case "material" -> AdditionalData.material(vector.keyId(), vector.versionId(), number);
            case "binding" -> AdditionalData.binding(vector.keyId(), number);
            case "access-key" -> AdditionalData.accessKey(vector.text("accessKeyId"), number);
            case "domain-key" ->
                AdditionalData.domainKey(vector.text("purpose"), number, vector.number("rootGeneration"));
            case "log-signing" -> AdditionalData.logSigning(vector.text("origin"), number);
            case "webhook" ->
                AdditionalData.webhook(
                        UUID.fromString(vector.text("webhookId")), vector.number("secretNumber"), number);
            case "root-check" -> AdditionalData.rootCheck(number);
            default -> throw new IllegalArgumentException(vector.text("name"));
        };
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void each_kind_is_wrapped_as_published(Vector vector) {
        assertThat(additionalData(vector)).isEqualTo(vector.hex("additionalData"));
        assertThat(SecretWrapping.wrap(
                                vector.secret("wrappingKey"),
                                vector.secret("secret"),
                                additionalData(vector),
                                vector.hex("iv"))
                        .wrapped())
                .isEqualTo(vector.hex("wrapped"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void each_kind_unwraps_as_published(Vector vector) {
        SecretBytes unwrapped = SecretWrapping.unwrap(
                vector.secret("wrappingKey"),
                new WrappedSecret(vector.hex("iv"), vector.hex("wrapped")),
                additionalData(vector),
                "a vector");
        assertThat(unwrapped.sameAs(vector.secret("secret"))).isTrue();
    }

    @Test
    void nothing_unwraps_in_another_place() {
        KeyId keyId = new KeyId("0b30658c-ed1a-4922-b8f7-a673ca9c6e9d");
        KeyId otherKeyId = new KeyId("1b30658c-ed1a-4922-b8f7-a673ca9c6e9d");
        KeyVersionId versionId = KeyVersionId.of("2ab1a983-7072-4bbc-a582-584b5bd8b3c2");
        KeyVersionId otherVersionId = KeyVersionId.of("3ab1a983-7072-4bbc-a582-584b5bd8b3c2");
        SecretBytes key = SecretBytes.takeFrom(new byte[32]);
        byte[] place = AdditionalData.material(keyId, versionId, 1);
        WrappedSecret wrapped = SecretWrapping.wrap(key, SecretBytes.copyOf(new byte[32]), place, new SecureRandom());

        Stream.of(
                        AdditionalData.material(otherKeyId, versionId, 1),
                        AdditionalData.material(keyId, otherVersionId, 1),
                        AdditionalData.material(keyId, versionId, 2),
                        AdditionalData.binding(keyId, 1),
                        new byte[0])
                .forEach(otherPlace -> assertThatThrownBy(
                                () -> SecretWrapping.unwrap(key, wrapped, otherPlace, "the material"))
                        .isInstanceOf(SecretUnwrapException.class)
                        .hasMessageContaining("the material does not unwrap"));
        assertThat(SecretWrapping.unwrap(key, wrapped, place, "the material").length())
                .isEqualTo(32);
    }

    @Test
    void each_wrapping_has_its_own_iv() {
        SecretBytes key = SecretBytes.takeFrom(new byte[32]);
        SecretBytes secret = SecretBytes.takeFrom(new byte[32]);
        SecureRandom random = new SecureRandom();
        assertThat(SecretWrapping.wrap(key, secret, new byte[0], random))
                .isNotEqualTo(SecretWrapping.wrap(key, secret, new byte[0], random));
    }
}

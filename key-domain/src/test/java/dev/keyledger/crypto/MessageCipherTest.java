package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.crypto.GoldenFile.Vector;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCipherTest {

    private static final KeyId KEY = new KeyId("0b30658c-ed1a-4922-b8f7-a673ca9c6e9d");
    private static final KeyId OTHER_KEY = new KeyId("1b30658c-ed1a-4922-b8f7-a673ca9c6e9d");
    private static final KeyVersionId VERSION = KeyVersionId.of("2ab1a983-7072-4bbc-a582-584b5bd8b3c2");
    private static final EncryptionContext CONTEXT = new EncryptionContext(Map.of("purpose", "test"));
    private static final byte[] PLAINTEXT = "attack at dawn".getBytes(StandardCharsets.UTF_8);

    private final MessageCipher cipher = new MessageCipher(new SecureRandom());
    private final SecretBytes material = material(1);

    private static SecretBytes material(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return SecretBytes.takeFrom(bytes);
    }

    static Stream<Vector> vectors() {
        return GoldenFile.vectors("/crypto/ciphertext-blob-v1.json");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void makes_the_published_bytes(Vector vector) {
        CiphertextBlob blob = MessageCipher.seal(
                vector.secret("material"),
                vector.keyId(),
                vector.versionId(),
                vector.secret("plaintext"),
                vector.encryptionContext(),
                vector.hex("nonce"),
                vector.hex("iv"));

        assertThat(blob.bytes()).isEqualTo(vector.base64("ciphertextBlob"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void opens_the_published_bytes(Vector vector) {
        SecretBytes opened = cipher.open(
                vector.secret("material"),
                CiphertextBlob.parse(vector.base64("ciphertextBlob")),
                vector.encryptionContext());

        assertThat(copy(opened)).isEqualTo(vector.hex("plaintext"));
    }

    @Test
    void what_was_sealed_opens() {
        assertThat(copy(cipher.open(material, seal(), CONTEXT))).isEqualTo(PLAINTEXT);
    }

    @Test
    void a_plaintext_of_the_largest_size_of_the_protocol_fits() {
        SecretBytes large = SecretBytes.takeFrom(new byte[6144]);
        CiphertextBlob blob = cipher.seal(material, KEY, VERSION, large, CONTEXT);
        assertThat(cipher.open(material, blob, CONTEXT).sameAs(large)).isTrue();
    }

    @Test
    void every_message_has_its_own_nonce_iv_and_commitment() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            CiphertextBlob blob = seal();
            seen.add(HexFormat.of().formatHex(blob.derivationContext()));
            seen.add(HexFormat.of().formatHex(blob.iv()));
            seen.add(HexFormat.of().formatHex(blob.commitment()));
        }
        assertThat(seen).hasSize(600);
    }

    @Test
    void every_changed_bit_is_refused() {
        byte[] genuine = seal().bytes();
        for (int bit = 0; bit < genuine.length * 8; bit++) {
            byte[] changed = genuine.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(() -> cipher.open(material, CiphertextBlob.parse(changed), CONTEXT));
        }
    }

    @Test
    void added_and_removed_bytes_are_refused() {
        byte[] genuine = seal().bytes();
        assertRefused(
                () -> cipher.open(material, CiphertextBlob.parse(Arrays.copyOf(genuine, genuine.length + 1)), CONTEXT));
        assertRefused(
                () -> cipher.open(material, CiphertextBlob.parse(Arrays.copyOf(genuine, genuine.length - 1)), CONTEXT));
    }

    @Test
    void the_same_material_in_another_key_does_not_open_it_even_with_an_edited_header() {
        byte[] edited = seal().bytes();
        System.arraycopy(OTHER_KEY.value().getBytes(StandardCharsets.US_ASCII), 0, edited, 3, 36);
        CiphertextBlob blob = CiphertextBlob.parse(edited);

        assertThat(blob.keyId()).isEqualTo(OTHER_KEY);
        assertRefused(() -> cipher.open(material, blob, CONTEXT));
    }

    @Test
    void other_material_is_refused() {
        CiphertextBlob blob = seal();
        assertRefused(() -> cipher.open(material(2), blob, CONTEXT));
    }

    @Test
    void another_context_is_refused() {
        CiphertextBlob blob = seal();
        for (EncryptionContext other : Set.of(
                EncryptionContext.EMPTY,
                new EncryptionContext(Map.of("purpose", "Test")),
                new EncryptionContext(Map.of("Purpose", "test")),
                new EncryptionContext(Map.of("purpose", "test", "more", "")))) {
            assertRefused(() -> cipher.open(material, blob, other));
        }
    }

    @Test
    void a_refusal_looks_the_same_whatever_was_wrong() {
        CiphertextBlob blob = seal();
        Refusal wrongContext = refusal(() -> cipher.open(material, blob, EncryptionContext.EMPTY));
        Refusal wrongMaterial = refusal(() -> cipher.open(material(2), blob, CONTEXT));
        Refusal malformed = refusal(() -> CiphertextBlob.parse(new byte[200]));

        assertThat(wrongContext.clientMessage())
                .isEqualTo(wrongMaterial.clientMessage())
                .isEqualTo(malformed.clientMessage());
        assertThat(Set.of(wrongContext.reason(), wrongMaterial.reason(), malformed.reason()))
                .hasSize(3);
    }

    private CiphertextBlob seal() {
        return cipher.seal(material, KEY, VERSION, SecretBytes.copyOf(PLAINTEXT), CONTEXT);
    }

    private static byte[] copy(SecretBytes secret) {
        return secret.use(byte[]::clone);
    }

    private static void assertRefused(Runnable action) {
        assertThat(refusal(action).code()).isEqualTo(ErrorCode.INVALID_CIPHERTEXT);
    }

    private static Refusal refusal(Runnable action) {
        Refusal[] refusal = new Refusal[1];
        assertThatThrownBy(action::run).isInstanceOfSatisfying(Refusal.class, thrown -> refusal[0] = thrown);
        return refusal[0];
    }
}

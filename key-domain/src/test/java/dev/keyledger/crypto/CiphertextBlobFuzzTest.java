package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.code_intelligence.jazzer.mutation.annotation.WithLength;
import com.code_intelligence.jazzer.mutation.annotation.WithSize;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as a ciphertext, and any message through a ciphertext. */
class CiphertextBlobFuzzTest {

    private static final KeyId KEY = new KeyId("0b30658c-ed1a-4922-b8f7-a673ca9c6e9d");
    private static final KeyVersionId VERSION = new KeyVersionId(new UUID(0x4000, 0x8000000000000001L));
    private static final SecretBytes MATERIAL = SecretBytes.takeFrom(new byte[32]);
    private static final MessageCipher CIPHER = new MessageCipher(new SecureRandom());

    static Stream<byte[]> blobs() {
        return GoldenFile.vectors("/crypto/ciphertext-blob-v1.json")
                .limit(2)
                .map(vector -> vector.base64("ciphertextBlob"));
    }

    @MethodSource("blobs")
    @FuzzTest
    void bytes_are_refused_or_mean_exactly_themselves(byte[] bytes) {
        CiphertextBlob blob;
        try {
            blob = CiphertextBlob.parse(bytes);
        } catch (Refusal refusal) {
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CIPHERTEXT);
            return;
        }
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        parts.writeBytes(blob.header());
        parts.writeBytes(blob.ciphertextAndTag());
        assertThat(parts.toByteArray()).isEqualTo(bytes);
        assertThat(blob.bytes()).isEqualTo(bytes);
        assertThat(CiphertextBlob.parse(bytes)).isEqualTo(blob);
        // Nobody can make a blob without the material.
        assertNotOpened(bytes, EncryptionContext.EMPTY);
    }

    static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of(new byte[0], Map.of(), 0),
                Arguments.of("text".getBytes(StandardCharsets.UTF_8), Map.of("purpose", "test"), 900));
    }

    @MethodSource("messages")
    @FuzzTest
    void a_message_opens_as_itself_and_not_with_one_bit_changed(
            byte @NotNull @WithLength(max = 6144) [] plaintext,
            @NotNull @WithSize(max = 16) Map<@NotNull String, @NotNull String> pairs,
            int bit) {
        EncryptionContext context;
        try {
            context = new EncryptionContext(pairs);
        } catch (Refusal refusal) {
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
            return;
        }
        byte[] sealed = CIPHER.seal(MATERIAL, KEY, VERSION, SecretBytes.copyOf(plaintext), context)
                .bytes();
        byte[] opened =
                CIPHER.open(MATERIAL, CiphertextBlob.parse(sealed), context).use(byte[]::clone);
        assertThat(opened).isEqualTo(plaintext);

        int changed = Math.floorMod(bit, sealed.length * Byte.SIZE);
        sealed[changed / Byte.SIZE] ^= (byte) (1 << changed % Byte.SIZE);
        assertNotOpened(sealed, context);
    }

    private static void assertNotOpened(byte[] bytes, EncryptionContext context) {
        assertThatThrownBy(() -> CIPHER.open(MATERIAL, CiphertextBlob.parse(bytes), context))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CIPHERTEXT));
    }
}

package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.crypto.GoldenFile.Vector;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CiphertextBlobTest {

    private static final int KEY_ID_OFFSET = 3;

    static Stream<Vector> vectors() {
        return GoldenFile.vectors("/crypto/ciphertext-blob-v1.json");
    }

    private static byte[] example() {
        return vectors().findFirst().orElseThrow().base64("ciphertextBlob");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void tells_key_and_version_and_keeps_every_byte(Vector vector) {
        byte[] bytes = vector.base64("ciphertextBlob");
        CiphertextBlob blob = CiphertextBlob.parse(bytes);

        assertThat(blob.keyId()).isEqualTo(vector.keyId());
        assertThat(blob.versionId()).isEqualTo(vector.versionId());
        assertThat(blob.bytes()).isEqualTo(bytes);
        assertThat(blob.iv()).isEqualTo(vector.hex("iv"));
        assertThat(blob.commitment()).isEqualTo(vector.hex("commitment"));
    }

    @Test
    void every_truncation_is_refused() {
        byte[] bytes = vectors()
                .filter(vector -> vector.text("plaintext").isEmpty())
                .findFirst()
                .orElseThrow()
                .base64("ciphertextBlob");
        for (int length = 0; length < bytes.length; length++) {
            assertRefused(Arrays.copyOf(bytes, length));
        }
    }

    @Test
    void other_formats_and_suites_are_refused() {
        for (int position = 0; position < 2; position++) {
            for (int value = 0; value < 256; value++) {
                if (value != 1) {
                    byte[] bytes = example();
                    bytes[position] = (byte) value;
                    assertRefused(bytes);
                }
            }
        }
    }

    @Test
    void a_key_id_that_is_not_a_lower_case_uuid_is_refused() {
        for (String wrong :
                new String[] {"0B30658C-ED1A-4922-B8F7-A673CA9C6E9D", "../0658c-ed1a-4922-b8f7-a673ca9c6e9d"}) {
            byte[] bytes = example();
            for (int i = 0; i < wrong.length(); i++) {
                bytes[KEY_ID_OFFSET + i] = (byte) wrong.charAt(i);
            }
            assertRefused(bytes);
        }
        byte[] outsideAscii = example();
        outsideAscii[KEY_ID_OFFSET] = (byte) 0xB0;
        assertRefused(outsideAscii);
    }

    @Test
    void every_other_length_of_the_key_id_is_refused() {
        for (int length = 0; length < 256; length++) {
            if (length != 36) {
                byte[] bytes = Arrays.copyOf(example(), 1024);
                bytes[2] = (byte) length;
                assertRefused(bytes);
            }
        }
    }

    @Test
    void more_than_16_kilobytes_are_refused() {
        assertThat(CiphertextBlob.parse(Arrays.copyOf(example(), CiphertextBlob.MAX_BYTES))
                        .bytes())
                .hasSize(16_384);
        assertRefused(Arrays.copyOf(example(), CiphertextBlob.MAX_BYTES + 1));
    }

    @Test
    void the_bytes_given_and_taken_are_copies() {
        byte[] given = example();
        CiphertextBlob blob = CiphertextBlob.parse(given);
        given[0] = 9;
        blob.bytes()[1] = 9;
        assertThat(blob.bytes()).isEqualTo(example());
        assertThat(blob).isEqualTo(CiphertextBlob.parse(example())).hasSameHashCodeAs(CiphertextBlob.parse(example()));
    }

    private static void assertRefused(byte[] bytes) {
        assertThatThrownBy(() -> CiphertextBlob.parse(bytes)).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CIPHERTEXT);
            assertThat(refusal.reason()).isNotEmpty();
        });
    }

    @Test
    void its_text_shows_no_ciphertext() {
        KeyId keyId = new KeyId("0b30658c-ed1a-4922-b8f7-a673ca9c6e9d");
        KeyVersionId versionId = KeyVersionId.of("2ab1a983-7072-4bbc-a582-584b5bd8b3c2");
        CiphertextBlob blob = CiphertextBlob.of(
                ByteLayout.empty()
                        .fixed(CiphertextBlob.prologue(keyId, versionId, new byte[16], new byte[12]))
                        .fixed(new byte[32])
                        .bytes(),
                new byte[16]);
        assertThat(blob).hasToString("CiphertextBlob[131 bytes by 0b30658c-ed1a-4922-b8f7-a673ca9c6e9d]");
    }
}

package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.KDFCounterBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KDFCounterParameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against an implementation of another hand; the golden files of the formats add OpenSSL's and Python's. */
class KbkdfTest {

    @ParameterizedTest
    @CsvSource({
        "kms/v1/data, 75, 64",
        "kms/import-token/v1, 0, 32",
        "x, 1, 16",
        "kms/import-session/v1, 48, 33",
        "l, 7, 96"
    })
    void derives_the_same_bytes_as_an_independent_implementation(String label, int contextLength, int length) {
        byte[] key = bytes(32, 7);
        byte[] context = bytes(contextLength, 3);

        KDFCounterBytesGenerator independent = new KDFCounterBytesGenerator(new HMac(new SHA256Digest()));
        byte[] fixedInput = ByteLayout.empty()
                .fixed(label.getBytes(StandardCharsets.US_ASCII))
                .u8(0)
                .fixed(context)
                .u32(length * 8)
                .bytes();
        independent.init(new KDFCounterParameters(key, fixedInput, 32));
        byte[] expected = new byte[length];
        independent.generateBytes(expected, 0, length);

        assertThat(Kbkdf.derive(key, label, context, length)).isEqualTo(expected);
    }

    private static byte[] bytes(int length, int step) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * step + 1);
        }
        return bytes;
    }
}

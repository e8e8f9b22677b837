package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.OpenedImportToken;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text as an import token, and any body behind a seal that holds. */
class ImportTokenFuzzTest {

    private static final int DAY = 20_000;
    private static final SecretBytes TOKEN_KEY = SecretBytes.takeFrom(new byte[32]);
    private static final byte[] IV = new byte[WrappedSecret.IV_BYTES];
    private static final SecureRandom RANDOM = new SecureRandom();

    private static String genuine() {
        OpenedImportToken token = new OpenedImportToken(
                new ImportTokenId(new UUID(0x4001, 0x8000000000000001L)),
                SecretBytes.copyOf(new byte[ImportTokenFormat.SHARE_BYTES]),
                new KeyId("0b30658c-ed1a-4922-b8f7-a673ca9c6e9d"),
                WrappingAlgorithm.RSAES_OAEP_SHA_256,
                "00".repeat(32),
                Instant.EPOCH,
                Instant.ofEpochMilli(86_400_000));
        return ImportTokenFormat.seal(TOKEN_KEY, DAY, token, RANDOM);
    }

    static Stream<byte[]> tokens() {
        return Stream.of(genuine(), genuine().replaceAll("=+$", ""), genuine().substring(4), "AQAATiA=", "====")
                .map(token -> token.getBytes(StandardCharsets.US_ASCII));
    }

    @MethodSource("tokens")
    @FuzzTest
    void a_text_is_a_token_only_if_it_was_sealed(byte[] text) {
        String token = new String(text, StandardCharsets.ISO_8859_1);
        try (OpenedImportToken opened = ImportTokenFormat.open(TOKEN_KEY, ImportTokenFormat.parse(token))) {
            // Only a seed gets here; a fuzzer would have to forge the seal.
            assertThat(opened.expiresAt()).isEqualTo(Instant.ofEpochMilli(86_400_000));
        } catch (Refusal refusal) {
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_IMPORT_TOKEN);
        }
    }

    static Stream<byte[]> bodies() {
        return Stream.of(body(genuine()), new byte[130]);
    }

    @MethodSource("bodies")
    @FuzzTest
    void a_sealed_body_is_refused_or_means_exactly_itself(byte[] body) {
        if (body.length == 0) {
            // No token parses to it.
            return;
        }
        WrappedSecret sealed = new WrappedSecret(IV, AesGcm.encrypt(sealingKey(), IV, head(DAY), body));
        try (OpenedImportToken opened = ImportTokenFormat.open(TOKEN_KEY, new ImportTokenFormat.Sealed(DAY, sealed))) {
            assertThat(body(ImportTokenFormat.seal(TOKEN_KEY, DAY, opened, IV))).isEqualTo(body);
        } catch (Refusal refusal) {
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_IMPORT_TOKEN);
        }
    }

    private static byte[] body(String token) {
        WrappedSecret sealed = ImportTokenFormat.parse(token).body();
        return AesGcm.decrypt(sealingKey(), sealed.iv(), head(DAY), sealed.wrapped())
                .orElseThrow();
    }

    /** As ADR 0006 derives it. */
    private static byte[] sealingKey() {
        return TOKEN_KEY.use(key -> Kbkdf.derive(key, "kms/import-token/v1", new byte[0], AesGcm.KEY_BYTES));
    }

    private static byte[] head(int day) {
        return ByteBuffer.allocate(5).put((byte) 1).putInt(day).array();
    }
}

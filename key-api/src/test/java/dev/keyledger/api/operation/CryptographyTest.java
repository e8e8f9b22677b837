package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.MGF1ParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The uses of a key: what goes in comes out, for the right context alone, and every failure looks the same. */
@ExtendWith(NodeExtension.class)
class CryptographyTest {

    private static final String CONTEXT = "{\"tenant\":\"a\",\"user\":\"\u6797\"}";
    private static final String SAME_CONTEXT = " { \"user\" : \"\u6797\",\n\"tenant\":\"a\" }";

    @Test
    void what_was_encrypted_is_decrypted_by_the_key_the_ciphertext_names(Kms kms, Keys keys) {
        for (MadeKey key : List.of(keys.generated(), keys.imported(Keys.material()))) {
            String version = keys.describe(key).text("KeyMetadata.PrimaryKeyVersion");
            Reply encrypted = kms.call("Encrypt", "KeyId", key.id(), "Plaintext", Keys.HELLO)
                    .ok();
            Reply decrypted = kms.call("Decrypt", "CiphertextBlob", encrypted.text("CiphertextBlob"))
                    .ok();

            assertThat(decrypted.text("Plaintext")).isEqualTo(Keys.HELLO);
            for (Reply reply : List.of(encrypted, decrypted)) {
                assertThat(reply.text("KeyId")).isEqualTo(key.id());
                assertThat(reply.text("KeyVersionId")).isEqualTo(version);
            }
        }
    }

    @Test
    void the_longest_plaintext_fits(Kms kms, Keys keys) {
        String longest = Keys.base64(new byte[6144]);
        String blob = kms.call("Encrypt", "KeyId", keys.generated().id(), "Plaintext", longest)
                .ok()
                .text("CiphertextBlob");

        assertThat(kms.call("Decrypt", "CiphertextBlob", blob).ok().text("Plaintext"))
                .isEqualTo(longest);
    }

    @Test
    void the_context_counts_as_a_map(Kms kms, Keys keys) {
        String blob = kms.call(
                        "Encrypt",
                        "KeyId",
                        keys.generated().id(),
                        "Plaintext",
                        Keys.HELLO,
                        "EncryptionContext",
                        CONTEXT)
                .ok()
                .text("CiphertextBlob");

        kms.call("Decrypt", "CiphertextBlob", blob, "EncryptionContext", SAME_CONTEXT)
                .ok();
        for (String other : List.of("{}", "{\"tenant\":\"a\"}", "{\"tenant\":\"a\",\"user\":\"x\"}", "")) {
            kms.call("Decrypt", "CiphertextBlob", blob, "EncryptionContext", other)
                    .refused(400, "InvalidParameter");
        }
    }

    @Test
    void whatever_is_wrong_with_a_ciphertext_the_answer_is_the_same(Kms kms, Keys keys) {
        MadeKey key = keys.generated();
        byte[] blob = Base64.getDecoder().decode(key.blob());
        List<String> wrong = new ArrayList<>();
        for (int at = 0; at < blob.length; at++) {
            // Bytes 3 to 38 are the key's id: another id is another key, which is not there.
            if (at < 3 || at >= 39) {
                byte[] changed = blob.clone();
                changed[at] ^= 1;
                wrong.add(Keys.base64(changed));
            }
        }
        wrong.add(Keys.base64(Arrays.copyOf(blob, blob.length - 1)));
        wrong.add(Keys.base64(Arrays.copyOf(blob, blob.length + 1)));
        wrong.add(Keys.base64(Arrays.copyOf(blob, 20)));
        wrong.add(Keys.HELLO);

        for (String each : wrong) {
            Reply reply = kms.call("Decrypt", "CiphertextBlob", each).refused(400, "InvalidParameter");
            assertThat(reply.message()).isEqualTo("The specified parameter is not valid.");
        }
        kms.call("Decrypt", "CiphertextBlob", key.blob(), "EncryptionContext", CONTEXT)
                .refused(400, "InvalidParameter");
        kms.call("Decrypt", "CiphertextBlob", key.blob()).ok();
    }

    @Test
    void a_state_that_forbids_the_use_is_told_before_a_fault_of_the_ciphertext(Kms kms, Keys keys) {
        MadeKey key = keys.in("Aliyun_KMS", "Disabled");
        byte[] changed = Base64.getDecoder().decode(key.blob());
        changed[changed.length - 1] ^= 1;

        kms.call("Decrypt", "CiphertextBlob", Keys.base64(changed)).refused(409, "Rejected.Disabled");
    }

    @Test
    void a_data_key_is_as_long_as_asked_for_and_comes_out_again(Kms kms, Keys keys) {
        MadeKey key = keys.generated();
        Map<Integer, Map<String, String>> asked = Map.of(
                32, Map.of(),
                16, Map.of("KeySpec", "AES_128"),
                1024, Map.of("NumberOfBytes", "1024"),
                7, Map.of("KeySpec", "AES_256", "NumberOfBytes", "7"));

        asked.forEach((length, parameters) -> {
            Map<String, String> all = new HashMap<>(parameters);
            all.put("KeyId", key.id());
            all.put("EncryptionContext", CONTEXT);
            Reply made = kms.call("GenerateDataKey", all).ok();
            Reply opened = kms.call(
                            "Decrypt", "CiphertextBlob", made.text("CiphertextBlob"), "EncryptionContext", SAME_CONTEXT)
                    .ok();
            assertThat(Base64.getDecoder().decode(made.text("Plaintext"))).hasSize(length);
            assertThat(opened.text("Plaintext")).isEqualTo(made.text("Plaintext"));

            Reply hidden = kms.call("GenerateDataKeyWithoutPlaintext", all).ok();
            assertThat(hidden.has("Plaintext")).isFalse();
            assertThat(Base64.getDecoder()
                            .decode(kms.call(
                                            "Decrypt",
                                            "CiphertextBlob",
                                            hidden.text("CiphertextBlob"),
                                            "EncryptionContext",
                                            CONTEXT)
                                    .ok()
                                    .text("Plaintext")))
                    .hasSize(length);
        });
    }

    @Test
    void reencrypting_moves_a_ciphertext_to_another_key_and_context(Kms kms, Keys keys) {
        MadeKey source = keys.imported(Keys.material());
        MadeKey destination = keys.generated();
        Reply moved = kms.call(
                        "ReEncrypt",
                        "CiphertextBlob",
                        source.blob(),
                        "DestinationKeyId",
                        destination.id(),
                        "DestinationEncryptionContext",
                        CONTEXT,
                        "SourceKeyId",
                        source.id())
                .ok();

        // The answer names the key that decrypted.
        assertThat(moved.text("KeyId")).isEqualTo(source.id());
        Reply opened = kms.call("Decrypt", "CiphertextBlob", moved.text("CiphertextBlob"), "EncryptionContext", CONTEXT)
                .ok();
        assertThat(opened.text("KeyId")).isEqualTo(destination.id());
        assertThat(opened.text("Plaintext")).isEqualTo(Keys.HELLO);
        kms.call(
                        "ReEncrypt",
                        "CiphertextBlob",
                        moved.text("CiphertextBlob"),
                        "DestinationKeyId",
                        source.id(),
                        "SourceEncryptionContext",
                        "{}")
                .refused(400, "InvalidParameter");
        // Onto the very same key.
        kms.call(
                        "ReEncrypt",
                        "CiphertextBlob",
                        moved.text("CiphertextBlob"),
                        "SourceEncryptionContext",
                        CONTEXT,
                        "DestinationKeyId",
                        destination.id())
                .ok();
    }

    @Test
    void an_exported_data_key_opens_with_the_private_key(Kms kms, Keys keys) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        MadeKey key = keys.generated();
        for (String hash : List.of("SHA-1", "SHA-256")) {
            Map<String, String> wrapping = Map.of(
                    "PublicKeyBlob",
                    Keys.base64(pair.getPublic().getEncoded()),
                    "WrappingAlgorithm",
                    "RSAES_OAEP_" + hash.replace('-', '_'),
                    "WrappingKeySpec",
                    "RSA_2048",
                    "EncryptionContext",
                    CONTEXT);
            Map<String, String> generate = new HashMap<>(wrapping);
            generate.putAll(Map.of("KeyId", key.id(), "NumberOfBytes", "24"));
            Reply made = kms.call("GenerateAndExportDataKey", generate).ok();
            Map<String, String> export = new HashMap<>(wrapping);
            export.put("CiphertextBlob", made.text("CiphertextBlob"));
            Reply exported = kms.call("ExportDataKey", export).ok();
            String plain = kms.call(
                            "Decrypt", "CiphertextBlob", made.text("CiphertextBlob"), "EncryptionContext", CONTEXT)
                    .ok()
                    .text("Plaintext");

            assertThat(Base64.getDecoder().decode(plain)).hasSize(24);
            assertThat(Keys.base64(unwrap(pair, hash, made.text("ExportedDataKey"))))
                    .isEqualTo(plain);
            assertThat(Keys.base64(unwrap(pair, hash, exported.text("ExportedDataKey"))))
                    .isEqualTo(plain);
            assertThat(exported.text("KeyId")).isEqualTo(key.id());
        }
    }

    private static byte[] unwrap(KeyPair pair, String hash, String wrapped) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                pair.getPrivate(),
                new OAEPParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
        return cipher.doFinal(Base64.getDecoder().decode(wrapped));
    }
}

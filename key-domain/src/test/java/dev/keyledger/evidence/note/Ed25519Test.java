package dev.keyledger.evidence.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and signatures in the encodings of RFC 8032. */
class Ed25519Test {

    /** RFC 8032 §7.1, TEST 1 to 3. */
    @ParameterizedTest
    @CsvSource({
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60, "
                + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '', "
                + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb, "
                + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72, "
                + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7, "
                + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025, af82, "
                + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    })
    void the_vectors_of_the_rfc_hold(String seed, String publicKey, String message, String signature) {
        byte[] text = HexFormat.of().parseHex(message);
        byte[] expected = HexFormat.of().parseHex(signature);
        PublicKey key = Ed25519.publicKey(HexFormat.of().parseHex(publicKey));

        assertThat(Ed25519.sign(Ed25519.privateKey(HexFormat.of().parseHex(seed)), text))
                .isEqualTo(expected);
        assertThat(Ed25519.verifies(key, text, expected)).isTrue();
        assertThat(HexFormat.of().formatHex(Ed25519.encoded(key))).isEqualTo(publicKey);
    }

    @Test
    void a_signature_with_any_byte_changed_or_of_another_length_does_not_verify() {
        byte[] text = {1, 2, 3};
        PublicKey key = Ed25519.publicKey(SampleKeys.PUBLIC);
        byte[] signature = Ed25519.sign(Ed25519.privateKey(SampleKeys.SEED), text);
        for (int i = 0; i < signature.length; i++) {
            byte[] changed = signature.clone();
            changed[i] ^= 1;
            assertThat(Ed25519.verifies(key, text, changed)).as("byte %d", i).isFalse();
        }
        assertThat(Ed25519.verifies(key, text, Arrays.copyOf(signature, 63))).isFalse();
        assertThat(Ed25519.verifies(key, text, Arrays.copyOf(signature, 65))).isFalse();
        assertThat(Ed25519.verifies(key, new byte[] {1, 2}, signature)).isFalse();
        byte[] largeScalar = signature.clone();
        Arrays.fill(largeScalar, 32, 64, (byte) 0xFF);
        assertThat(Ed25519.verifies(key, text, largeScalar)).isFalse();
    }

    @Test
    void keys_of_the_platform_are_encoded_and_read_back() throws GeneralSecurityException {
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("Ed25519");
        for (int i = 0; i < 50; i++) {
            KeyPair pair = pairs.generateKeyPair();
            byte[] encoded = Ed25519.encoded(pair.getPublic());
            assertThat(encoded).hasSize(32).isEqualTo(lastBytes(pair.getPublic().getEncoded()));
            assertThat(Ed25519.publicKey(encoded)).isEqualTo(pair.getPublic());
            byte[] message = new byte[i];
            new SecureRandom().nextBytes(message);
            assertThat(Ed25519.verifies(Ed25519.publicKey(encoded), message, Ed25519.sign(pair.getPrivate(), message)))
                    .isTrue();
        }
    }

    /** The platform's own encoding (RFC 8410) ends with the RFC's. */
    private static byte[] lastBytes(byte[] subjectPublicKeyInfo) {
        return Arrays.copyOfRange(subjectPublicKeyInfo, subjectPublicKeyInfo.length - 32, subjectPublicKeyInfo.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // No bytes.
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751", // 31 bytes.
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a00", // 33 bytes.
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p, which is 0.
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // Beyond p.
                "0200000000000000000000000000000000000000000000000000000000000000", // On no point.
            })
    void bytes_that_are_no_key_are_refused(String hex) {
        assertThatThrownBy(() -> Ed25519.publicKey(HexFormat.of().parseHex(hex)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void other_keys_are_refused() throws GeneralSecurityException {
        KeyPair other = KeyPairGenerator.getInstance("Ed448").generateKeyPair();

        assertThatThrownBy(() -> Ed25519.encoded(other.getPublic())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ed25519.sign(other.getPrivate(), new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ed25519.privateKey(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        KeyPair rsa = KeyPairGenerator.getInstance("EC").generateKeyPair();
        assertThatThrownBy(() -> Ed25519.encoded(rsa.getPublic())).isInstanceOf(IllegalArgumentException.class);
    }
}

package dev.keyledger.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.Refusal;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicKeyWrappingTest {

    private static final KeyPair PAIR = generate(2048);

    private static KeyPair generate(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @ParameterizedTest
    @CsvSource({"RSAES_OAEP_SHA_1, SHA-1, 214", "RSAES_OAEP_SHA_256, SHA-256, 190"})
    void the_owner_of_the_private_key_opens_it(WrappingAlgorithm algorithm, String hash, int longest)
            throws GeneralSecurityException {
        for (int length : new int[] {1, 32, longest}) {
            byte[] dataKey = new byte[length];
            dataKey[0] = 7;
            byte[] wrapped =
                    PublicKeyWrapping.wrap(PAIR.getPublic().getEncoded(), algorithm, SecretBytes.copyOf(dataKey));

            assertThat(wrapped).hasSize(256);
            assertThat(open(PAIR.getPrivate(), hash, wrapped)).isEqualTo(dataKey);
        }
        assertRefused(
                PAIR.getPublic().getEncoded(),
                algorithm,
                SecretBytes.takeFrom(new byte[longest + 1]),
                "CiphertextBlob");
    }

    private static byte[] open(PrivateKey key, String hash, byte[] wrapped) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                key,
                new OAEPParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
        return cipher.doFinal(wrapped);
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 3072})
    void other_sizes_are_refused(int bits) {
        assertRefused(generate(bits).getPublic().getEncoded(), "PublicKeyBlob");
    }

    @Test
    void an_exponent_that_would_not_encrypt_is_refused() throws GeneralSecurityException {
        BigInteger modulus = ((RSAPublicKey) PAIR.getPublic()).getModulus();
        // The JDK itself refuses exponents below 3, so the key is written by hand: exponent 65537 replaced by 1.
        byte[] usual = KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)))
                .getEncoded();
        byte[] one = usual.clone();
        one[one.length - 3] = 0;
        one[one.length - 2] = 0;
        one[one.length - 1] = 1;
        byte[] even = usual.clone();
        even[even.length - 1] = 0;

        assertRefused(one, "PublicKeyBlob");
        assertRefused(even, "PublicKeyBlob");
    }

    @Test
    void what_is_not_a_public_key_is_refused() throws GeneralSecurityException {
        assertRefused(new byte[0], "PublicKeyBlob");
        assertRefused(new byte[294], "PublicKeyBlob");
        assertRefused(PAIR.getPrivate().getEncoded(), "PublicKeyBlob");
        assertRefused(
                KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic().getEncoded(), "PublicKeyBlob");
    }

    @Test
    void pkcs1_is_refused() {
        assertRefused(
                PAIR.getPublic().getEncoded(),
                WrappingAlgorithm.RSAES_PKCS1_V1_5,
                SecretBytes.takeFrom(new byte[32]),
                "WrappingAlgorithm");
    }

    private static void assertRefused(byte[] publicKey, String parameter) {
        assertRefused(publicKey, WrappingAlgorithm.RSAES_OAEP_SHA_256, SecretBytes.takeFrom(new byte[32]), parameter);
    }

    private static void assertRefused(
            byte[] publicKey, WrappingAlgorithm algorithm, SecretBytes dataKey, String parameter) {
        assertThatThrownBy(() -> PublicKeyWrapping.wrap(publicKey, algorithm, dataKey))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.clientMessage())
                                .isEqualTo("The specified parameter \"" + parameter + "\" is not valid."));
    }
}

package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every way the vendor's page "Import key material" tells its readers to wrap their material, to the letter; the same by today's commands; and
 * the mistakes that are easily made with them, which must not bind a key to something else than its owner holds.
 */
class WrappingRecipesIT {

    private static final String PKEYUTL = "openssl pkeyutl -encrypt -in KeyMaterial.bin -inkey PublicKey.bin"
            + " -keyform DER -pubin -out EncryptedKeyMaterial.bin";

    private static KeyledgerProcess node;
    private static KmsClient client;

    @BeforeAll
    static void start(@TempDir Path directory) {
        node = KeyledgerProcess.in(directory.resolve("node")).start();
        client = new SignedHttp(node);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    @Tag("openssl")
    @ForeignProgram("openssl")
    void the_recipe_of_the_vendors_page_imports(@TempDir Path directory) {
        wrapsWith(
                directory,
                "RSAES_OAEP_SHA_1",
                "openssl rsautl -encrypt -in KeyMaterial.bin -oaep -inkey PublicKey.bin -keyform DER -pubin"
                        + " -out EncryptedKeyMaterial.bin");
    }

    @ParameterizedTest
    @CsvSource({
        "RSAES_PKCS1_V1_5, ''",
        "RSAES_PKCS1_V1_5, '-pkeyopt rsa_padding_mode:pkcs1'",
        "RSAES_OAEP_SHA_1, '-pkeyopt rsa_padding_mode:oaep'",
        "RSAES_OAEP_SHA_1, '-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1 -pkeyopt rsa_mgf1_md:sha1'",
        "RSAES_OAEP_SHA_256, '-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256'",
        "RSAES_OAEP_SHA_256, '-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256'",
    })
    @Tag("openssl")
    @ForeignProgram("openssl")
    void todays_openssl_imports(String algorithm, String options, @TempDir Path directory) {
        wrapsWith(directory, algorithm, PKEYUTL + " " + options);
    }

    @ParameterizedTest
    @CsvSource({
        "RSAES_OAEP_SHA_256, ''",
        "RSAES_OAEP_SHA_1, ''",
        "RSAES_PKCS1_V1_5, '-pkeyopt rsa_padding_mode:oaep'",
        "RSAES_OAEP_SHA_256, '-pkeyopt rsa_padding_mode:oaep'",
        "RSAES_OAEP_SHA_1, '-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256'",
        "RSAES_OAEP_SHA_1, '-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha1'",
        "RSAES_OAEP_SHA_256, '-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha1'",
    })
    @Tag("openssl")
    @ForeignProgram("openssl")
    void another_padding_of_openssl_is_refused(String algorithm, String options, @TempDir Path directory)
            throws IOException {
        ExternalKey key = ExternalKey.create(client, algorithm);
        key.importWrapped(encrypted(directory, key, PKEYUTL + " " + options)).refusedWith("InvalidKeyMaterial");
        assertThat(key.state()).isEqualTo("PendingImport");
    }

    private static void wrapsWith(Path directory, String algorithm, String command) {
        try {
            ExternalKey key = ExternalKey.create(client, algorithm);
            key.importWrapped(encrypted(directory, key, command)).granted();
            assertThat(key.state()).isEqualTo("Enabled");
            holds(key, Files.readAllBytes(directory.resolve("KeyMaterial.bin")));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** The four commands of the page around the one that wraps; the last two files are what its reader pastes into the request. */
    private static String encrypted(Path directory, ExternalKey key, String command) throws IOException {
        Files.writeString(directory.resolve("PublicKey_base64.txt"), key.publicKey());
        Shell shell = new Shell(directory);
        shell.run("openssl rand -out KeyMaterial.bin 32");
        shell.run("openssl enc -d -base64 -A -in PublicKey_base64.txt -out PublicKey.bin");
        shell.run(command);
        shell.run("openssl enc -e -base64 -A -in EncryptedKeyMaterial.bin -out EncryptedKeyMaterial_base64.txt");
        return Files.readString(directory.resolve("EncryptedKeyMaterial_base64.txt"));
    }

    /** A key takes the material it holds again, and no other. */
    private static void holds(ExternalKey key, byte[] material) {
        ExternalKey again = ExternalKey.of(client, key.keyId(), "RSAES_OAEP_SHA_256");
        again.importMaterial(Wrapping.material()).refusedWith("InvalidKeyMaterial");
        again.importMaterial(material).granted();
    }

    @Test
    void the_java_sample_of_the_vendors_page_imports() throws GeneralSecurityException {
        ExternalKey key = ExternalKey.create(client, "RSAES_OAEP_SHA_256");

        byte[] keyMaterial = new byte[32];
        new Random().nextBytes(keyMaterial);
        KeyFactory keyFactory = KeyFactory.getInstance("RSA");
        PublicKey publicKey = keyFactory.generatePublic(
                new X509EncodedKeySpec(Base64.getDecoder().decode(key.publicKey())));
        Cipher oaepFromAlgo = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
        String hashFunc = "SHA-256";
        OAEPParameterSpec oaepParams =
                new OAEPParameterSpec(hashFunc, "MGF1", new MGF1ParameterSpec(hashFunc), PSource.PSpecified.DEFAULT);
        oaepFromAlgo.init(Cipher.ENCRYPT_MODE, publicKey, oaepParams);
        byte[] cipherDer = oaepFromAlgo.doFinal(keyMaterial);
        String encryptedKeyMaterial = Base64.getEncoder().encodeToString(cipherDer);

        key.importWrapped(encryptedKeyMaterial).granted();
        holds(key, keyMaterial);
    }

    /** Name of the cipher, its provider, and which wrapping algorithm opens what it makes without explicit parameters. */
    static Stream<Arguments> java_ciphers() {
        return Stream.of(
                Arguments.of("RSA/ECB/PKCS1Padding", "SunJCE", "RSAES_PKCS1_V1_5"),
                Arguments.of("RSA/ECB/OAEPPadding", "SunJCE", "RSAES_OAEP_SHA_1"),
                Arguments.of("RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "SunJCE", "RSAES_OAEP_SHA_1"),
                // The trap: this provider takes SHA-1 for MGF1 unless told otherwise, which is neither of the two.
                Arguments.of("RSA/ECB/OAEPWithSHA-256AndMGF1Padding", "SunJCE", "none"),
                Arguments.of("RSA/ECB/OAEPWithSHA-256AndMGF1Padding", "BC", "RSAES_OAEP_SHA_256"));
    }

    @ParameterizedTest
    @MethodSource("java_ciphers")
    void a_java_cipher_without_parameters_opens_as_what_it_is(String transformation, String provider, String opens)
            throws GeneralSecurityException {
        for (String algorithm : new String[] {"RSAES_PKCS1_V1_5", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"}) {
            ExternalKey key = ExternalKey.create(client, algorithm);
            byte[] material = Wrapping.material();
            Cipher cipher = provider.equals("BC")
                    ? Cipher.getInstance(transformation, new BouncyCastleProvider())
                    : Cipher.getInstance(transformation, provider);
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    KeyFactory.getInstance("RSA")
                            .generatePublic(
                                    new X509EncodedKeySpec(Base64.getDecoder().decode(key.publicKey()))));
            Answer answer = key.importWrapped(Base64.getEncoder().encodeToString(cipher.doFinal(material)));
            if (algorithm.equals(opens)) {
                answer.granted();
                holds(key, material);
            } else {
                answer.refusedWith("InvalidKeyMaterial");
                assertThat(key.state()).isEqualTo("PendingImport");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RSAES_PKCS1_V1_5, 0", "RSAES_PKCS1_V1_5, 16", "RSAES_PKCS1_V1_5, 31", "RSAES_PKCS1_V1_5, 33",
        "RSAES_OAEP_SHA_1, 0", "RSAES_OAEP_SHA_1, 16", "RSAES_OAEP_SHA_1, 31", "RSAES_OAEP_SHA_1, 33",
        "RSAES_OAEP_SHA_256, 0", "RSAES_OAEP_SHA_256, 16", "RSAES_OAEP_SHA_256, 31", "RSAES_OAEP_SHA_256, 33",
    })
    void material_of_another_length_is_refused(String algorithm, int length) {
        ExternalKey key = ExternalKey.create(client, algorithm);
        key.importMaterial(new byte[length]).refusedWith("InvalidKeyMaterial");
        assertThat(key.state()).isEqualTo("PendingImport");
    }
}

package dev.keyledger.api.operation;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** Makes keys of every kind and brings them into every state, by the operations themselves. */
final class Keys {

    /** What "hello" is in Base64: the plaintext behind every {@link MadeKey#blob}. */
    static final String HELLO = base64("hello".getBytes(StandardCharsets.UTF_8));

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Kms kms;

    Keys(Kms kms) {
        this.kms = kms;
    }

    /** A key in one of the four states; {@code PendingImport} is a key that had material once. */
    MadeKey in(String origin, String state) {
        MadeKey key = origin.equals("EXTERNAL") ? imported(material()) : generated();
        switch (state) {
            case "Enabled" -> {}
            case "Disabled" -> kms.call("DisableKey", "KeyId", key.id()).ok();
            case "PendingDeletion" -> schedule(key);
            case "PendingImport" ->
                kms.call("DeleteKeyMaterial", "KeyId", key.id()).ok();
            default -> throw new IllegalArgumentException(state);
        }
        return key;
    }

    /** An enabled key of our own material. */
    MadeKey generated() {
        String id = kms.call("CreateKey").ok().text("KeyMetadata.KeyId");
        return new MadeKey(id, new byte[0], encrypted(id));
    }

    /** An external key without material. */
    MadeKey external() {
        return new MadeKey(kms.call("CreateKey", "Origin", "EXTERNAL").ok().text("KeyMetadata.KeyId"), material(), "");
    }

    /** An enabled external key. */
    MadeKey imported(byte[] material) {
        String id = external().id();
        importInto(id, material).ok();
        return new MadeKey(id, material, encrypted(id));
    }

    IssuedParameters parameters(String keyId) {
        return parameters(keyId, "RSAES_OAEP_SHA_256");
    }

    IssuedParameters parameters(String keyId, String algorithm) {
        Reply reply = kms.call(
                        "GetParametersForImport",
                        "KeyId",
                        keyId,
                        "WrappingAlgorithm",
                        algorithm,
                        "WrappingKeySpec",
                        "RSA_2048")
                .ok();
        return new IssuedParameters(keyId, reply.text("ImportToken"), reply.text("PublicKey"));
    }

    /** Imports with fresh parameters and without expiry. */
    Reply importInto(String keyId, byte[] material) {
        IssuedParameters parameters = parameters(keyId);
        return importWith(parameters, parameters.wrap(material));
    }

    /** Imports with these parameters; more of them as name, value. */
    Reply importWith(IssuedParameters parameters, String encrypted, String... more) {
        String[] all = new String[6 + more.length];
        System.arraycopy(
                new String[] {
                    "KeyId", parameters.keyId(), "ImportToken", parameters.token(), "EncryptedKeyMaterial", encrypted
                },
                0,
                all,
                0,
                6);
        System.arraycopy(more, 0, all, 6, more.length);
        return kms.call("ImportKeyMaterial", all);
    }

    void schedule(MadeKey key) {
        kms.call("ScheduleKeyDeletion", "KeyId", key.id(), "PendingWindowInDays", "7")
                .ok();
    }

    String encrypted(String keyId) {
        return kms.call("Encrypt", "KeyId", keyId, "Plaintext", HELLO).ok().text("CiphertextBlob");
    }

    /** The code with which the key answers an Encrypt. */
    String use(MadeKey key) {
        return kms.call("Encrypt", "KeyId", key.id(), "Plaintext", HELLO).code();
    }

    String state(MadeKey key) {
        return describe(key).text("KeyMetadata.KeyState");
    }

    Reply describe(MadeKey key) {
        return kms.call("DescribeKey", "KeyId", key.id()).ok();
    }

    static byte[] material() {
        byte[] material = new byte[32];
        RANDOM.nextBytes(material);
        return material;
    }

    static String oaepSha256(String publicKey, byte[] material) {
        return wrap(
                publicKey,
                material,
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    }

    static String wrap(String publicKey, byte[] material, OAEPParameterSpec padding) {
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    KeyFactory.getInstance("RSA")
                            .generatePublic(
                                    new X509EncodedKeySpec(Base64.getDecoder().decode(publicKey))),
                    padding);
            return base64(cipher.doFinal(material));
        } catch (GeneralSecurityException failed) {
            throw new AssertionError(failed);
        }
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}

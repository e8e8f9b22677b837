package dev.keyledger.api.proof;

import java.util.Map;

/**
 * A key that waits for its owner's material, with the parameters of one import.
 *
 * @param client client that made it
 * @param keyId id of the key
 * @param wrappingAlgorithm padding the parameters were issued for
 * @param token import token, as it came
 * @param publicKey Base64 of the wrapping key's SubjectPublicKeyInfo
 */
record ExternalKey(KmsClient client, String keyId, String wrappingAlgorithm, String token, String publicKey) {

    /** Makes a new key and asks for its import parameters. */
    static ExternalKey create(KmsClient client, String wrappingAlgorithm) {
        String keyId =
                client.call("CreateKey", Map.of("Origin", "EXTERNAL")).granted().text("KeyMetadata.KeyId");
        return of(client, keyId, wrappingAlgorithm);
    }

    /** Asks for import parameters of an existing key. */
    static ExternalKey of(KmsClient client, String keyId, String wrappingAlgorithm) {
        Answer parameters = client.call(
                        "GetParametersForImport",
                        Map.of("KeyId", keyId, "WrappingAlgorithm", wrappingAlgorithm, "WrappingKeySpec", "RSA_2048"))
                .granted();
        return new ExternalKey(
                client, keyId, wrappingAlgorithm, parameters.text("ImportToken"), parameters.text("PublicKey"));
    }

    /** Makes a new key that holds this material and never loses it by time. */
    static ExternalKey holding(KmsClient client, byte[] material) {
        ExternalKey key = create(client, "RSAES_OAEP_SHA_256");
        key.importMaterial(material).granted();
        return key;
    }

    /** Imports material, wrapped as the parameters ask. */
    Answer importMaterial(byte[] material) {
        return importWrapped(Wrapping.wrap(wrappingAlgorithm, publicKey, material));
    }

    /** Imports what somebody else wrapped, in Base64. */
    Answer importWrapped(String encryptedMaterial) {
        return client.call(
                "ImportKeyMaterial",
                Map.of("KeyId", keyId, "EncryptedKeyMaterial", encryptedMaterial, "ImportToken", token));
    }

    /** Calls an operation on this key that takes nothing but its id. */
    Answer call(String action) {
        return client.call(action, Map.of("KeyId", keyId));
    }

    Answer schedule(int days) {
        return client.call(
                "ScheduleKeyDeletion", Map.of("KeyId", keyId, "PendingWindowInDays", Integer.toString(days)));
    }

    String state() {
        return call("DescribeKey").granted().text("KeyMetadata.KeyState");
    }
}

package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The whole life of an external key as its owner lives it, from creation to destruction, through any client. The order of the steps follows
 * the vendor's pages "Import key material" and "Manage CMKs".
 */
final class KeyLife {

    private static final String WRAPPING = "RSAES_OAEP_SHA_256";
    private static final String CONTEXT = "{\"customer\":\"4711\",\"purpose\":\"proof & test = ä\"}";
    private static final String PLAINTEXT =
            Base64.getEncoder().encodeToString("a secret of the owner".getBytes(StandardCharsets.UTF_8));

    /** A timer is late by seconds at most; the bound is generous because the machine may be busy. */
    private static final Duration TIMER_LIMIT = Duration.ofSeconds(30);

    private final KmsClient client;
    private final DrivenClock clock;
    private final byte[] material = Wrapping.material();
    private final String alias = "alias/proof-" + UUID.randomUUID();
    private String keyId = "";

    KeyLife(KmsClient client, DrivenClock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Walks it all. */
    void walk() {
        create();
        ImportParameters parameters = importParameters();
        Instant expiry = importForAnHour(parameters);
        String ciphertext = use();
        disableAndEnable();
        expire(ciphertext, expiry);
        importAgain(parameters, ciphertext);
        deleteMaterial(parameters, ciphertext);
        scheduleAndCancel(ciphertext);
        destroy(ciphertext);
    }

    private record ImportParameters(String token, String publicKey) {}

    private void create() {
        Answer created = client.call(
                        "CreateKey", Map.of("Origin", "EXTERNAL", "Description", "a key for the proof & more"))
                .granted();
        keyId = created.text("KeyMetadata.KeyId");
        assertThat(created.text("KeyMetadata.KeyState")).isEqualTo("PendingImport");
        Answer described = describe("PendingImport");
        assertThat(described.text("KeyMetadata.Origin")).isEqualTo("EXTERNAL");
        assertThat(described.text("KeyMetadata.Description")).isEqualTo("a key for the proof & more");
        assertThat(described.text("KeyMetadata.KeyUsage")).isEqualTo("ENCRYPT/DECRYPT");
        assertThat(described.text("KeyMetadata.Arn")).endsWith(":key/" + keyId);
        encrypt(keyId).refusedWith("Rejected.PendingImport");
    }

    private ImportParameters importParameters() {
        Instant asked = clock.now();
        Answer answer = client.call(
                        "GetParametersForImport",
                        Map.of("KeyId", keyId, "WrappingAlgorithm", WRAPPING, "WrappingKeySpec", "RSA_2048"))
                .granted();
        assertThat(answer.text("KeyId")).isEqualTo(keyId);
        assertThat(answer.text("PublicKey")).hasSize(392);
        assertThat(Instant.parse(answer.text("TokenExpireTime")))
                .isBetween(asked.plus(Duration.ofHours(24)).minusSeconds(1), asked.plus(Duration.ofHours(25)));
        return new ImportParameters(answer.text("ImportToken"), answer.text("PublicKey"));
    }

    private Instant importForAnHour(ImportParameters parameters) {
        Instant expiry = clock.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
        importMaterial(parameters, material, expiry.getEpochSecond()).granted();
        assertThat(describe("Enabled").text("KeyMetadata.MaterialExpireTime")).isEqualTo(expiry.toString());
        return expiry;
    }

    private String use() {
        client.call("CreateAlias", Map.of("AliasName", alias, "KeyId", keyId)).granted();
        assertThat(client.call("DescribeKey", Map.of("KeyId", alias)).granted().text("KeyMetadata.KeyId"))
                .isEqualTo(keyId);
        Answer encrypted = encrypt(alias).granted();
        assertThat(encrypted.text("KeyId")).isEqualTo(keyId);
        String ciphertext = encrypted.text("CiphertextBlob");
        decrypts(ciphertext);
        client.call("Decrypt", Map.of("CiphertextBlob", ciphertext)).refusedWith("InvalidParameter");

        Answer dataKey = client.call("GenerateDataKey", Map.of("KeyId", alias, "KeySpec", "AES_128"))
                .granted();
        assertThat(Base64.getDecoder().decode(dataKey.text("Plaintext"))).hasSize(16);
        assertThat(client.call("Decrypt", Map.of("CiphertextBlob", dataKey.text("CiphertextBlob")))
                        .granted()
                        .text("Plaintext"))
                .isEqualTo(dataKey.text("Plaintext"));
        if (client.offers("GenerateDataKeyWithoutPlaintext")) {
            Answer hidden = client.call("GenerateDataKeyWithoutPlaintext", Map.of("KeyId", keyId))
                    .granted();
            assertThat(hidden.textOrEmpty("Plaintext")).isEmpty();
            String opened = client.call("Decrypt", Map.of("CiphertextBlob", hidden.text("CiphertextBlob")))
                    .granted()
                    .text("Plaintext");
            assertThat(Base64.getDecoder().decode(opened)).hasSize(32);
        }
        return ciphertext;
    }

    private void disableAndEnable() {
        client.call("DisableKey", Map.of("KeyId", keyId)).granted();
        describe("Disabled");
        encrypt(keyId).refusedWith("Rejected.Disabled");
        client.call("EnableKey", Map.of("KeyId", keyId)).granted();
        describe("Enabled");
    }

    private void expire(String ciphertext, Instant expiry) {
        assertThat(clock.advance(Duration.ofMinutes(61))).isAfter(expiry);
        assertThat(describe("PendingImport").textOrEmpty("KeyMetadata.MaterialExpireTime"))
                .isEmpty();
        decrypt(ciphertext).refusedWith("Rejected.PendingImport");
        client.call("EnableKey", Map.of("KeyId", keyId)).refusedWith("Rejected.StateModifiedFailed");
    }

    private void importAgain(ImportParameters parameters, String ciphertext) {
        importMaterial(parameters, Wrapping.material(), 0).refusedWith("InvalidKeyMaterial");
        describe("PendingImport");
        importMaterial(parameters, material, 0).granted();
        assertThat(describe("Enabled").textOrEmpty("KeyMetadata.MaterialExpireTime"))
                .isEmpty();
        decrypts(ciphertext);
    }

    private void deleteMaterial(ImportParameters parameters, String ciphertext) {
        client.call("DeleteKeyMaterial", Map.of("KeyId", keyId)).granted();
        describe("PendingImport");
        decrypt(ciphertext).refusedWith("Rejected.PendingImport");
        importMaterial(parameters, Wrapping.material(), 0).refusedWith("InvalidKeyMaterial");
        importMaterial(parameters, material, 0).granted();
        decrypts(ciphertext);
    }

    private void scheduleAndCancel(String ciphertext) {
        schedule("6").refusedWith("InvalidParameter");
        Instant asked = clock.now();
        schedule("7").granted();
        Instant deleteDate = Instant.parse(describe("PendingDeletion").text("KeyMetadata.DeleteDate"));
        assertThat(deleteDate)
                .isBetween(
                        asked.plus(Duration.ofDays(7)).minusSeconds(1),
                        asked.plus(Duration.ofDays(7)).plusSeconds(120));
        decrypt(ciphertext).refusedWith("Rejected.PendingDeletion");
        schedule("7").refusedWith("Rejected.StateModifiedFailed");
        client.call("CancelKeyDeletion", Map.of("KeyId", keyId)).granted();
        assertThat(describe("Enabled").textOrEmpty("KeyMetadata.DeleteDate")).isEmpty();
        decrypts(ciphertext);
    }

    private void destroy(String ciphertext) {
        schedule("7").granted();
        clock.advance(Duration.ofDays(8));
        Await.until(
                "the key is destroyed",
                TIMER_LIMIT,
                () -> "Forbidden.KeyNotFound"
                        .equals(client.call("DescribeKey", Map.of("KeyId", keyId))
                                .code()));
        decrypt(ciphertext).refusedWith("Forbidden.KeyNotFound");
        client.call("CancelKeyDeletion", Map.of("KeyId", keyId)).refusedWith("Forbidden.KeyNotFound");
        client.call("DescribeKey", Map.of("KeyId", alias)).refusedWith("Forbidden.AliasNotFound");
    }

    private Answer describe(String expectedState) {
        Answer described = client.call("DescribeKey", Map.of("KeyId", keyId)).granted();
        assertThat(described.text("KeyMetadata.KeyState")).isEqualTo(expectedState);
        return described;
    }

    private Answer encrypt(String key) {
        return client.call("Encrypt", Map.of("KeyId", key, "Plaintext", PLAINTEXT, "EncryptionContext", CONTEXT));
    }

    private Answer decrypt(String ciphertext) {
        return client.call("Decrypt", Map.of("CiphertextBlob", ciphertext, "EncryptionContext", CONTEXT));
    }

    private void decrypts(String ciphertext) {
        Answer decrypted = decrypt(ciphertext).granted();
        assertThat(decrypted.text("Plaintext")).isEqualTo(PLAINTEXT);
        assertThat(decrypted.text("KeyId")).isEqualTo(keyId);
    }

    private Answer schedule(String days) {
        return client.call("ScheduleKeyDeletion", Map.of("KeyId", keyId, "PendingWindowInDays", days));
    }

    private Answer importMaterial(ImportParameters parameters, byte[] bytes, long expiry) {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("KeyId", keyId);
        request.put("EncryptedKeyMaterial", Wrapping.wrap(WRAPPING, parameters.publicKey(), bytes));
        request.put("ImportToken", parameters.token());
        request.put("KeyMaterialExpireUnix", Long.toString(expiry));
        return client.call("ImportKeyMaterial", request);
    }
}

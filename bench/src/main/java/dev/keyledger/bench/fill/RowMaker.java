package dev.keyledger.bench.fill;

import dev.keyledger.api.adapter.ledger.EventDigests;
import dev.keyledger.api.adapter.vault.VaultKeys;
import dev.keyledger.cmk.Cmk;
import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.cmk.KeyEvent.ImportParametersIssued;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyEnabled;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeySpec;
import dev.keyledger.cmk.KeyUsage;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.cmk.Origin;
import dev.keyledger.cmk.ProtectionLevel;
import dev.keyledger.crypto.AdditionalData;
import dev.keyledger.crypto.BindingTag;
import dev.keyledger.crypto.ImportTokenFormat;
import dev.keyledger.crypto.SecretWrapping;
import dev.keyledger.crypto.WrappingKeyPair;
import dev.keyledger.eventlog.EventJson;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.OpenedImportToken;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.material.MaterialTag;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.axonframework.common.DateTimeUtils;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.messaging.MetaData;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the rows that one request of the service leaves, each in the order in which the service writes them. Events, wrapped secrets and
 * digests are made by the service's own classes. For one thread.
 */
public final class RowMaker {

    private static final int MATERIAL_BYTES = 32;

    private final VaultKeys vault;
    private final Origination origination;
    private final SecureRandom random;
    private final Serializer serializer = EventJson.serializer();

    /** Makes rows for one store. */
    public RowMaker(VaultKeys vault, Origination origination, SecureRandom random) {
        this.vault = vault;
        this.origination = origination;
        this.random = random;
    }

    /** One event with the request that made it. */
    private record Request(UUID id, String action, KeyId keyId, long version, Instant at) {}

    /** Rows of CreateKey for a key of the service's own material. */
    List<StoreRow> createKey(KeyId keyId, KeyVersionId versionId, Instant at) {
        List<StoreRow> rows = new ArrayList<>();
        byte[] fresh = new byte[MATERIAL_BYTES];
        random.nextBytes(fresh);
        try (SecretBytes material = SecretBytes.takeFrom(fresh)) {
            rows.add(material(keyId, versionId, material, at));
        }
        Request request = new Request(UUID.randomUUID(), "CreateKey", keyId, 0, at);
        List<StoreRow> recorded = recorded(request, created(keyId, Origin.ALIYUN_KMS, versionId, at), null);
        rows.add(recorded.get(0));
        rows.add(keyState(keyId, Origin.ALIYUN_KMS, versionId, 0, at));
        rows.add(keyVersion(keyId, versionId, at));
        rows.addAll(recorded.subList(1, recorded.size()));
        return rows;
    }

    /**
     * A key that waits for its material, the token for it, and material wrapped for that token.
     *
     * @param rows of CreateKey and GetParametersForImport
     * @param keyId as text
     * @param importToken as the client sends it
     */
    record Importable(List<StoreRow> rows, String keyId, ImportTokenId tokenId, String importToken) {}

    /**
     * Rows of CreateKey for an external key and of GetParametersForImport for it.
     *
     * @param pair of the session; the service never gives one out twice, but its rows look the same
     */
    Importable importable(KeyId keyId, WrappingKeyPair pair, Instant at) {
        List<StoreRow> rows = new ArrayList<>();
        List<StoreRow> created = recorded(
                new Request(UUID.randomUUID(), "CreateKey", keyId, 0, at),
                created(keyId, Origin.EXTERNAL, null, at),
                null);
        rows.add(created.get(0));
        rows.add(keyState(keyId, Origin.EXTERNAL, null, 1, at));
        rows.addAll(created.subList(1, created.size()));

        int day = VaultKeys.tokenDay(at);
        Instant expiresAt = at.plus(Cmk.IMPORT_TOKEN_LIFETIME);
        byte[] share = new byte[ImportTokenFormat.SHARE_BYTES];
        random.nextBytes(share);
        ImportTokenId tokenId = new ImportTokenId(UUID.randomUUID());
        try (SecretBytes tokenKey = vault.tokenKey(day);
                OpenedImportToken token = new OpenedImportToken(
                        tokenId,
                        SecretBytes.takeFrom(share),
                        keyId,
                        WrappingAlgorithm.RSAES_OAEP_SHA_256,
                        ImportTokenFormat.publicKeyDigest(pair.publicKey()),
                        at,
                        expiresAt)) {
            WrappedSecret wrapped = ImportTokenFormat.wrapPrivateKey(
                    tokenKey, token.share(), tokenId, keyId, pair.privateKey(), random);
            rows.add(StoreRow.of(
                    StoreTable.IMPORT_SESSION,
                    tokenId.value(),
                    keyId.asUuid(),
                    day,
                    wrapped.iv(),
                    wrapped.wrapped(),
                    expiresAt));
            rows.addAll(recorded(
                    new Request(UUID.randomUUID(), "GetParametersForImport", keyId, 1, at),
                    new ImportParametersIssued(
                            keyId,
                            tokenId,
                            WrappingAlgorithm.RSAES_OAEP_SHA_256,
                            WrappingKeySpec.RSA_2048,
                            expiresAt,
                            at),
                    null));
            return new Importable(rows, keyId.value(), tokenId, ImportTokenFormat.seal(tokenKey, day, token, random));
        }
    }

    /** Rows that EnableKey or DisableKey inserts; the state it changes is no row of these. */
    List<StoreRow> switchKey(KeyId keyId, boolean enable, long version, Instant at) {
        return recorded(
                new Request(UUID.randomUUID(), enable ? "EnableKey" : "DisableKey", keyId, version, at),
                enable ? new KeyEnabled(keyId, at) : new KeyDisabled(keyId, at),
                null);
    }

    /**
     * Rows that the first ImportKeyMaterial inserts; the state and the session it changes are no rows of these.
     *
     * @param encryptedBytes length of the wrapped material that the client sent
     */
    List<StoreRow> importMaterial(
            KeyId keyId, KeyVersionId versionId, ImportTokenId tokenId, long version, int encryptedBytes, Instant at) {
        List<StoreRow> rows = new ArrayList<>();
        byte[] fresh = new byte[MATERIAL_BYTES];
        random.nextBytes(fresh);
        try (SecretBytes material = SecretBytes.takeFrom(fresh)) {
            MaterialTag tag = bind(keyId, material, at, rows);
            rows.add(material(keyId, versionId, material, at));
            List<StoreRow> recorded = recorded(
                    new Request(UUID.randomUUID(), "ImportKeyMaterial", keyId, version, at),
                    new KeyMaterialImported(keyId, versionId, tag, tokenId, null, at),
                    encryptedBytes);
            rows.add(recorded.get(0));
            rows.add(keyVersion(keyId, versionId, at));
            rows.addAll(recorded.subList(1, recorded.size()));
        }
        return rows;
    }

    private MaterialTag bind(KeyId keyId, SecretBytes material, Instant at, List<StoreRow> rows) {
        byte[] fresh = new byte[BindingTag.SECRET_BYTES];
        random.nextBytes(fresh);
        int number = vault.bindingNumber();
        try (SecretBytes secret = SecretBytes.takeFrom(fresh);
                SecretBytes domainKey = vault.bindingKey()) {
            WrappedSecret wrapped =
                    SecretWrapping.wrap(domainKey, secret, AdditionalData.binding(keyId, number), random);
            rows.add(StoreRow.of(StoreTable.KEY_BINDING, keyId.asUuid(), number, wrapped.iv(), wrapped.wrapped(), at));
            return BindingTag.of(secret, keyId, material);
        }
    }

    private StoreRow material(KeyId keyId, KeyVersionId versionId, SecretBytes material, Instant at) {
        int generation = vault.materialGeneration();
        try (SecretBytes domainKey = vault.materialKey()) {
            WrappedSecret wrapped = SecretWrapping.wrap(
                    domainKey, material, AdditionalData.material(keyId, versionId, generation), random);
            return StoreRow.of(
                    StoreTable.KEY_MATERIAL,
                    keyId.asUuid(),
                    versionId.value(),
                    generation,
                    wrapped.iv(),
                    wrapped.wrapped(),
                    at);
        }
    }

    private KeyCreated created(KeyId keyId, Origin origin, @Nullable KeyVersionId versionId, Instant at) {
        return new KeyCreated(
                keyId,
                origin,
                KeySpec.ALIYUN_AES_256,
                KeyUsage.ENCRYPT_DECRYPT,
                ProtectionLevel.SOFTWARE,
                "",
                origination.account(),
                versionId,
                at);
    }

    private StoreRow keyState(KeyId keyId, Origin origin, @Nullable KeyVersionId versionId, long version, Instant at) {
        UUID material = versionId == null ? null : versionId.value();
        return StoreRow.of(
                StoreTable.KEY_STATE,
                keyId.asUuid(),
                version,
                material == null ? "PendingImport" : "Enabled",
                origin.toString(),
                KeySpec.ALIYUN_AES_256.toString(),
                KeyUsage.ENCRYPT_DECRYPT.toString(),
                ProtectionLevel.SOFTWARE.toString(),
                "",
                origination.account(),
                at,
                material,
                material,
                false,
                "");
    }

    private static StoreRow keyVersion(KeyId keyId, KeyVersionId versionId, Instant at) {
        return StoreRow.of(StoreTable.KEY_VERSION, versionId.value(), keyId.asUuid(), at);
    }

    /** The event, the audit record that covers it, and the nonce of the request. */
    private List<StoreRow> recorded(Request request, KeyEvent event, @Nullable Integer inputSize) {
        DomainEventMessage<KeyEvent> message = new GenericDomainEventMessage<>(
                Cmk.TYPE,
                request.keyId.value(),
                request.version,
                event,
                MetaData.from(Map.of("requestId", request.id.toString(), "principal", origination.principal())));
        SerializedObject<byte[]> payload = message.serializePayload(serializer, byte[].class);
        SerializedObject<byte[]> metaData = message.serializeMetaData(serializer, byte[].class);
        byte[] digest = EventDigests.of(
                utf8(message.getIdentifier()),
                utf8(message.getType()),
                utf8(message.getAggregateIdentifier()),
                utf8(Long.toString(message.getSequenceNumber())),
                utf8(payload.getType().getName()),
                utf8(payload.getType().getRevision()),
                payload.getData(),
                metaData.getData());
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        return List.of(
                StoreRow.of(
                        StoreTable.DOMAIN_EVENT,
                        message.getIdentifier(),
                        message.getType(),
                        message.getAggregateIdentifier(),
                        message.getSequenceNumber(),
                        payload.getType().getName(),
                        payload.getType().getRevision(),
                        DateTimeUtils.formatInstant(message.getTimestamp()),
                        payload.getData(),
                        metaData.getData()),
                StoreRow.of(
                        StoreTable.AUDIT_RECORD,
                        request.at,
                        origination.node(),
                        request.id,
                        origination.principal(),
                        origination.accessKeyId(),
                        "V1-HMAC-SHA1",
                        true,
                        "127.0.0.1",
                        origination.userAgent(),
                        request.action,
                        new UUID[] {request.keyId.asUuid()},
                        new Long[] {request.version},
                        "Success",
                        inputSize,
                        inputSize == null ? null : 0,
                        new String[] {message.getIdentifier()},
                        new byte[][] {digest}),
                StoreRow.of(StoreTable.REQUEST_NONCE, nonce, request.at.truncatedTo(ChronoUnit.HOURS)));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

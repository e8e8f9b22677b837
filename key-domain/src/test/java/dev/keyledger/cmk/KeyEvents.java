package dev.keyledger.cmk;

import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.ImportParametersIssued;
import dev.keyledger.cmk.KeyEvent.ImportTokenExhausted;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Keys, instants and histories that tests share. */
final class KeyEvents {

    static final KeyId KEY = new KeyId("1339cb7d-54d3-47e0-b595-c7d3dba82b6f");

    /** Not a whole second, so that rules about seconds and milliseconds can be told apart. */
    static final Instant NOW = Instant.parse("2026-11-24T10:00:00.250Z");

    static final Instant EARLIER = NOW.minus(Duration.ofHours(2));
    static final Instant IN_A_WEEK = NOW.plus(Duration.ofDays(7));

    static final KeyVersionId VERSION = KeyVersionId.of("00000000-0000-4000-8000-00000000000a");
    static final ImportTokenId TOKEN = new ImportTokenId(UUID.fromString("00000000-0000-4000-8000-0000000000aa"));
    static final ImportTokenId OTHER_TOKEN = new ImportTokenId(UUID.fromString("00000000-0000-4000-8000-0000000000bb"));

    private KeyEvents() {}

    static KeyCreated created(Origin origin) {
        KeyVersionId version = origin == Origin.ALIYUN_KMS ? VERSION : null;
        return new KeyCreated(
                KEY,
                origin,
                KeySpec.ALIYUN_AES_256,
                KeyUsage.ENCRYPT_DECRYPT,
                ProtectionLevel.SOFTWARE,
                "a key",
                "1234567890123456",
                version,
                EARLIER);
    }

    static ImportParametersIssued issued(ImportTokenId token) {
        return issued(token, EARLIER);
    }

    static ImportParametersIssued issued(ImportTokenId token, Instant at) {
        return new ImportParametersIssued(
                KEY,
                token,
                WrappingAlgorithm.RSAES_OAEP_SHA_256,
                WrappingKeySpec.RSA_2048,
                at.plus(Duration.ofHours(24)),
                at);
    }

    static KeyMaterialImported imported(@Nullable Instant expiresAt) {
        return imported(KeyPorts.MATERIAL, expiresAt);
    }

    static KeyMaterialImported imported(String material, @Nullable Instant expiresAt) {
        return new KeyMaterialImported(KEY, VERSION, KeyPorts.tagOf(material), TOKEN, expiresAt, EARLIER);
    }

    static KeyMaterialDeleted materialDeleted() {
        return new KeyMaterialDeleted(KEY, VERSION, EARLIER);
    }

    static KeyMaterialExpired materialExpired(Instant expiredAt, Instant at) {
        return new KeyMaterialExpired(KEY, VERSION, expiredAt, at);
    }

    static KeyDisabled disabled() {
        return new KeyDisabled(KEY, EARLIER);
    }

    static KeyDeletionScheduled deletionScheduled(Instant deleteAt) {
        return new KeyDeletionScheduled(KEY, deleteAt, EARLIER);
    }

    static KeyTagsChanged tagged(Map<String, String> tags) {
        return new KeyTagsChanged(KEY, tags, List.of(), EARLIER);
    }

    static DeletionProtectionChanged deletionProtected(String description) {
        return new DeletionProtectionChanged(KEY, true, description, EARLIER);
    }

    static ImportTokenExhausted exhausted(ImportTokenId token) {
        return new ImportTokenExhausted(KEY, token, EARLIER);
    }

    /** A new external key that has handed out {@link #TOKEN}. */
    static List<Object> external(Object... more) {
        return with(List.of(created(Origin.EXTERNAL), issued(TOKEN)), more);
    }

    /** An external key with material that never expires. */
    static List<Object> externalWithMaterial(Object... more) {
        return with(external(imported(null)), more);
    }

    /** An external key whose material expires at the instant. */
    static List<Object> expiring(Instant expiresAt, Object... more) {
        return with(external(imported(expiresAt)), more);
    }

    /** A key with generated material. */
    static List<Object> generated(Object... more) {
        return with(List.of(created(Origin.ALIYUN_KMS)), more);
    }

    /** Every kind of key there is: origin, state, and whether it has material. */
    static List<Object> history(Origin origin, KeyState state, boolean material) {
        List<Object> start = origin == Origin.ALIYUN_KMS ? generated() : material ? externalWithMaterial() : external();
        return switch (state) {
            case ENABLED, PENDING_IMPORT -> start;
            case DISABLED -> with(start, disabled());
            case PENDING_DELETION -> with(start, deletionScheduled(IN_A_WEEK));
        };
    }

    static List<Object> with(List<Object> history, Object... more) {
        List<Object> longer = new ArrayList<>(history);
        longer.addAll(Arrays.asList(more));
        return longer;
    }
}

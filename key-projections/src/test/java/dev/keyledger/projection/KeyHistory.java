package dev.keyledger.projection;

import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.ImportParametersIssued;
import dev.keyledger.cmk.KeyEvent.ImportTokenExhausted;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionNear;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDescriptionChanged;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyEnabled;
import dev.keyledger.cmk.KeyEvent.KeyExpiryNear;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeySpec;
import dev.keyledger.cmk.KeyUsage;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.cmk.NoticePeriod;
import dev.keyledger.cmk.Origin;
import dev.keyledger.cmk.ProtectionLevel;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.material.MaterialTag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Facts about one key, a minute apart. */
public final class KeyHistory {

    public static final Instant BEGIN = Instant.parse("2026-03-08T06:59:00.123Z");

    private static final ImportTokenId TOKEN = new ImportTokenId(new UUID(7, 7));

    private final KeyId key;
    private final KeyVersionId version;
    private int minutes;

    /** @param number tells keys apart; the key's version is derived from it */
    public KeyHistory(int number) {
        this.key = KeyId.of(new UUID(0x4000L, number));
        this.version = new KeyVersionId(new UUID(0x5000L, number));
    }

    public KeyId key() {
        return key;
    }

    public KeyVersionId version() {
        return version;
    }

    private Instant at() {
        return BEGIN.plusSeconds(60L * minutes++);
    }

    public KeyCreated created(Origin origin) {
        return new KeyCreated(
                key,
                origin,
                KeySpec.ALIYUN_AES_256,
                KeyUsage.ENCRYPT_DECRYPT,
                ProtectionLevel.SOFTWARE,
                "Schlüssel \"1\"",
                "1234567890123456",
                origin == Origin.ALIYUN_KMS ? version : null,
                at());
    }

    public KeyDescriptionChanged described(String description) {
        return new KeyDescriptionChanged(key, description, at());
    }

    public KeyEnabled enabled() {
        return new KeyEnabled(key, at());
    }

    public KeyDisabled disabled() {
        return new KeyDisabled(key, at());
    }

    public KeyTagsChanged tagged(Map<String, String> set, List<String> removed) {
        return new KeyTagsChanged(key, set, removed, at());
    }

    public DeletionProtectionChanged protection(boolean enabled, String description) {
        return new DeletionProtectionChanged(key, enabled, description, at());
    }

    public ImportParametersIssued issued() {
        return new ImportParametersIssued(
                key,
                TOKEN,
                WrappingAlgorithm.RSAES_OAEP_SHA_256,
                WrappingKeySpec.RSA_2048,
                BEGIN.plusSeconds(86_400),
                at());
    }

    public ImportTokenExhausted exhausted() {
        return new ImportTokenExhausted(key, TOKEN, at());
    }

    public KeyMaterialImported imported(@Nullable Instant expiresAt) {
        return new KeyMaterialImported(key, version, new MaterialTag("ab".repeat(32)), TOKEN, expiresAt, at());
    }

    public KeyMaterialDeleted materialDeleted() {
        return new KeyMaterialDeleted(key, version, at());
    }

    public KeyMaterialExpired materialExpired() {
        return new KeyMaterialExpired(key, version, BEGIN, at());
    }

    public KeyDeletionScheduled deletionScheduled(Instant deleteAt) {
        return new KeyDeletionScheduled(key, deleteAt, at());
    }

    public KeyExpiryNear expiryNear(String notice, Instant expiresAt) {
        return new KeyExpiryNear(key, new NoticePeriod(notice), expiresAt, at());
    }

    public KeyDeletionNear deletionNear(String notice, Instant deleteAt) {
        return new KeyDeletionNear(key, new NoticePeriod(notice), deleteAt, at());
    }

    public KeyDeletionCancelled deletionCancelled() {
        return new KeyDeletionCancelled(key, at());
    }

    public KeyDestroyed destroyed() {
        return new KeyDestroyed(key, at());
    }
}

package dev.keyledger.cmk;

import static org.axonframework.modelling.command.AggregateLifecycle.apply;
import static org.axonframework.modelling.command.AggregateLifecycle.markDeleted;

import dev.keyledger.cmk.KeyCommand.CancelKeyDeletion;
import dev.keyledger.cmk.KeyCommand.CreateKey;
import dev.keyledger.cmk.KeyCommand.DeleteKeyMaterial;
import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyCommand.EnableKey;
import dev.keyledger.cmk.KeyCommand.ExhaustImportToken;
import dev.keyledger.cmk.KeyCommand.ExpireKeyMaterial;
import dev.keyledger.cmk.KeyCommand.GiveDeletionNotice;
import dev.keyledger.cmk.KeyCommand.GiveExpiryNotice;
import dev.keyledger.cmk.KeyCommand.ImportKeyMaterial;
import dev.keyledger.cmk.KeyCommand.IssueImportParameters;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import dev.keyledger.cmk.KeyCommand.SetDeletionProtection;
import dev.keyledger.cmk.KeyCommand.TagKey;
import dev.keyledger.cmk.KeyCommand.UntagKey;
import dev.keyledger.cmk.KeyCommand.UntagKeyCompletely;
import dev.keyledger.cmk.KeyCommand.UpdateKeyDescription;
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
import dev.keyledger.importing.ImportParameters;
import dev.keyledger.importing.ImportSessions;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.material.KeyMaterialStore;
import dev.keyledger.material.MaterialBinding;
import dev.keyledger.material.MaterialTag;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import dev.keyledger.time.StoreClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateRoot;
import org.axonframework.modelling.command.CreationPolicy;
import org.jspecify.annotations.Nullable;

/**
 * A customer master key: it decides, the events record. What may happen in which state is {@link KeyLifecycle}'s table; the rules of import
 * are those of the vendor's pages "ImportKeyMaterial" and "Import key material".
 *
 * <p>Every handler first records an expiry that is due, so that it decides on the state in effect. A refusal undoes that too: the whole
 * transaction is rolled back, and the next command, the nudge or the reconciler records it.
 */
@AggregateRoot(type = Cmk.TYPE)
public class Cmk {

    /** Stored with every event of a key; a format, never change it. */
    public static final String TYPE = "key";

    /** How many tags a key can have. */
    public static final int MAX_TAGS = 20;

    /** How long an import token lives ("Import key material": 24 hours). */
    public static final Duration IMPORT_TOKEN_LIFETIME = Duration.ofHours(24);

    /** The wire and the stored form write years with four digits. */
    private static final Instant LATEST_EXPIRY = Instant.parse("9999-12-31T23:59:59Z");

    @AggregateIdentifier
    private KeyId keyId;

    private KeyLifecycle lifecycle;
    private DueDates dates = DueDates.NONE;
    private String description;
    private boolean deletionProtected;
    private String deletionProtectionDescription = "";
    private final Map<String, String> tags = new TreeMap<>();

    /** Every token ever issued, lapsed ones too: they are refused as expired, not as unknown. */
    private final Map<ImportTokenId, Instant> tokenExpiries = new HashMap<>();

    private final Set<ImportTokenId> exhaustedTokens = new HashSet<>();

    private @Nullable KeyVersionId versionId;

    /** The one material this key can ever have; set by the first import, kept when the material goes. */
    private @Nullable MaterialTag boundTo;

    @SuppressWarnings("NullAway.Init") // The framework replays events into the fields.
    protected Cmk() {}

    /** Answers the fact itself, which is all there is to know of a new key. */
    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.ALWAYS)
    KeyCreated handle(CreateKey command, StoreClock clock, KeyMaterialStore material, KeyVersionIds versionIds) {
        Instant now = clock.now();
        requireRoomForTags(command.tags().size());
        KeyVersionId generated = null;
        if (command.origin() == Origin.ALIYUN_KMS) {
            generated = versionIds.next();
            material.generate(command.keyId(), generated);
        }
        KeyCreated created = new KeyCreated(
                command.keyId(),
                command.origin(),
                command.spec(),
                command.usage(),
                command.protectionLevel(),
                command.description(),
                command.creator(),
                generated,
                now);
        apply(created);
        if (!command.tags().isEmpty()) {
            apply(new KeyTagsChanged(command.keyId(), command.tags(), List.of(), now));
        }
        return created;
    }

    /** Enabling an enabled key succeeds and changes nothing. */
    @CommandHandler
    void handle(EnableKey command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        lifecycle.require(KeyOperation.ENABLE_KEY);
        if (lifecycle.state() != KeyState.ENABLED) {
            apply(new KeyEnabled(keyId, now));
        }
    }

    /** Disabling a disabled key succeeds and changes nothing. */
    @CommandHandler
    void handle(DisableKey command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        lifecycle.require(KeyOperation.DISABLE_KEY);
        if (lifecycle.state() != KeyState.DISABLED) {
            apply(new KeyDisabled(keyId, now));
        }
    }

    @CommandHandler
    void handle(UpdateKeyDescription command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        lifecycle.require(KeyOperation.UPDATE_KEY_DESCRIPTION);
        if (!command.description().equals(description)) {
            apply(new KeyDescriptionChanged(keyId, command.description(), now));
        }
    }

    /** All or nothing: one tag too many refuses all of them. */
    @CommandHandler
    void handle(TagKey command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        lifecycle.require(KeyOperation.TAG_RESOURCE);
        Map<String, String> changed = new TreeMap<>(command.tags());
        changed.entrySet().removeIf(tag -> tag.getValue().equals(tags.get(tag.getKey())));
        Set<String> names = new HashSet<>(tags.keySet());
        names.addAll(changed.keySet());
        requireRoomForTags(names.size());
        if (!changed.isEmpty()) {
            apply(new KeyTagsChanged(keyId, changed, List.of(), now));
        }
    }

    @CommandHandler
    void handle(UntagKey command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        removeTags(command.tagKeys(), now);
    }

    @CommandHandler
    void handle(UntagKeyCompletely command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        removeTags(tags.keySet(), now);
    }

    @CommandHandler
    void handle(SetDeletionProtection command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        lifecycle.require(KeyOperation.SET_DELETION_PROTECTION);
        String why = command.enabled() ? command.description() : "";
        if (command.enabled() != deletionProtected || !why.equals(deletionProtectionDescription)) {
            apply(new DeletionProtectionChanged(keyId, command.enabled(), why, now));
        }
    }

    /** Allowed in every state; earlier tokens live on. */
    @CommandHandler
    ImportParameters handle(
            IssueImportParameters command, StoreClock clock, KeyMaterialStore material, ImportSessions sessions) {
        Instant now = settle(clock, material);
        lifecycle.require(KeyOperation.GET_PARAMETERS_FOR_IMPORT);
        Instant expiresAt = now.plus(IMPORT_TOKEN_LIFETIME);
        ImportParameters parameters = sessions.issue(keyId, command.algorithm(), command.spec(), now, expiresAt);
        apply(new ImportParametersIssued(
                keyId, parameters.tokenId(), command.algorithm(), command.spec(), expiresAt, now));
        return parameters;
    }

    /**
     * The first import binds the key to its material for life; a later one must bring the same and resets the expiry. A successful import
     * does not use its token up.
     */
    @CommandHandler
    void handle(
            ImportKeyMaterial command,
            StoreClock clock,
            KeyMaterialStore material,
            MaterialBinding binding,
            KeyVersionIds versionIds) {
        Instant now = settle(clock, material);
        requireExpiryNotPast(command.expiresAt(), now);
        lifecycle.require(KeyOperation.IMPORT_KEY_MATERIAL);
        requireLiveToken(command.tokenId(), now);
        // Computed for the substitute as well: a failure must cost the same work, wherever it came from.
        MaterialTag tag = binding.tag(keyId, command.material().bytes());
        requireOwnMaterial(command.material(), tag);

        KeyVersionId version = versionId == null ? versionIds.next() : versionId;
        material.put(keyId, version, command.material().bytes());
        apply(new KeyMaterialImported(keyId, version, tag, command.tokenId(), command.expiresAt(), now));
    }

    /** Noted once; a token that this key does not remember needs no note. */
    @CommandHandler
    void handle(ExhaustImportToken command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        if (tokenExpiries.containsKey(command.tokenId()) && !exhaustedTokens.contains(command.tokenId())) {
            apply(new ImportTokenExhausted(keyId, command.tokenId(), now));
        }
    }

    /** With nothing imported it succeeds and changes nothing. */
    @CommandHandler
    void handle(DeleteKeyMaterial command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        lifecycle.require(KeyOperation.DELETE_KEY_MATERIAL);
        if (versionId != null && lifecycle.hasMaterial()) {
            material.destroy(keyId);
            apply(new KeyMaterialDeleted(keyId, versionId, now));
        }
    }

    @CommandHandler
    boolean handle(ExpireKeyMaterial command, StoreClock clock, KeyMaterialStore material) {
        boolean before = lifecycle.hasMaterial();
        settle(clock, material);
        return before != lifecycle.hasMaterial();
    }

    @CommandHandler
    Instant handle(ScheduleKeyDeletion command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        lifecycle.require(KeyOperation.SCHEDULE_KEY_DELETION);
        if (deletionProtected) {
            throw Refusal.of(ErrorCode.STATE_MODIFIED_FAILED).because("deletion protection is on");
        }
        Instant deleteAt = now.plus(Duration.ofDays(command.pendingWindowInDays()));
        apply(new KeyDeletionScheduled(keyId, deleteAt, now));
        return deleteAt;
    }

    @CommandHandler
    void handle(CancelKeyDeletion command, StoreClock clock, KeyMaterialStore material) {
        Instant now = settle(clock, material);
        lifecycle.require(KeyOperation.CANCEL_KEY_DELETION);
        apply(new KeyDeletionCancelled(keyId, now));
    }

    /** Whether the key was destroyed. Lateness is harmless, earliness is not: any doubt about the clock holds it back. */
    @CommandHandler
    boolean handle(
            DestroyKey command,
            StoreClock clock,
            KeyMaterialStore material,
            MaterialBinding binding,
            ImportSessions sessions,
            DestructionHold hold) {
        Instant now = settle(clock, material);
        if (!lifecycle.destructionDue(now) || hold.active()) {
            return false;
        }
        material.destroy(keyId);
        binding.destroy(keyId);
        sessions.destroyAll(keyId);
        apply(new KeyDestroyed(keyId, now));
        return true;
    }

    /** Whether notice was given. A date that has come needs none: what it announced is recorded instead. */
    @CommandHandler
    boolean handle(GiveExpiryNotice command, StoreClock clock, KeyMaterialStore material, NoticeLadder ladder) {
        Instant now = settle(clock, material);
        DueDate expiry = dates.expiry();
        if (expiry == null) {
            return false;
        }
        Optional<NoticePeriod> notice = ladder.due(expiry, now);
        notice.ifPresent(period -> apply(new KeyExpiryNear(keyId, period, expiry.due(), now)));
        return notice.isPresent();
    }

    /** Whether notice was given. A destruction that is held back past its date gets none either. */
    @CommandHandler
    boolean handle(GiveDeletionNotice command, StoreClock clock, KeyMaterialStore material, NoticeLadder ladder) {
        Instant now = settle(clock, material);
        DueDate deletion = dates.deletion();
        if (deletion == null) {
            return false;
        }
        Optional<NoticePeriod> notice = ladder.due(deletion, now);
        notice.ifPresent(period -> apply(new KeyDeletionNear(keyId, period, deletion.due(), now)));
        return notice.isPresent();
    }

    /** Records an expiry that is due. Answers the instant at which the command is decided. */
    private Instant settle(StoreClock clock, KeyMaterialStore material) {
        Instant now = clock.now();
        Instant expiresAt = lifecycle.materialExpiresAt();
        if (expiresAt != null) {
            clock.judged(now, expiresAt);
        }
        if (lifecycle.expiryDue(now) && expiresAt != null && versionId != null) {
            material.destroy(keyId);
            apply(new KeyMaterialExpired(keyId, versionId, expiresAt, now));
        }
        return now;
    }

    private void removeTags(Collection<String> names, Instant now) {
        lifecycle.require(KeyOperation.UNTAG_RESOURCE);
        Set<String> removed = new TreeSet<>(names);
        removed.retainAll(tags.keySet());
        if (!removed.isEmpty()) {
            apply(new KeyTagsChanged(keyId, Map.of(), List.copyOf(removed), now));
        }
    }

    private static void requireRoomForTags(int count) {
        if (count > MAX_TAGS) {
            throw Refusal.of(ErrorCode.LIMIT_EXCEEDED).because("a key has at most " + MAX_TAGS + " tags");
        }
    }

    /**
     * "Not earlier than server time", read in whole seconds as the wire writes it: with milliseconds a client that sends its present second
     * would be refused nearly always.
     */
    private static void requireExpiryNotPast(@Nullable Instant expiresAt, Instant now) {
        if (expiresAt == null) {
            return;
        }
        if (expiresAt.isBefore(now.truncatedTo(ChronoUnit.SECONDS)) || expiresAt.isAfter(LATEST_EXPIRY)) {
            throw Refusal.of(ErrorCode.INVALID_PARAMETER, "KeyMaterialExpireUnix")
                    .because("the expiry is in the past or beyond the year 9999");
        }
    }

    /** The token was opened before it came here; that this very key issued it is checked once more, against the key's own history. */
    private void requireLiveToken(ImportTokenId tokenId, Instant now) {
        Instant expiresAt = tokenExpiries.get(tokenId);
        if (expiresAt == null || exhaustedTokens.contains(tokenId)) {
            throw Refusal.of(ErrorCode.INVALID_IMPORT_TOKEN)
                    .because(expiresAt == null ? "not a token of this key" : "too many failed imports");
        }
        if (now.isAfter(expiresAt)) {
            throw Refusal.of(ErrorCode.EXPIRED_IMPORT_TOKEN);
        }
    }

    /** The one decision about material: the work before it is the same for material that failed to decrypt and for another key's. */
    private void requireOwnMaterial(UnwrappedMaterial material, MaterialTag tag) {
        boolean same = boundTo == null || boundTo.sameAs(tag);
        if (!material.genuine()) {
            // Never bound, not even when it is the first: the substitute would be the key's material for ever.
            throw Refusal.of(material.refusal()).because(material.internalReason());
        }
        if (!same) {
            throw Refusal.of(ErrorCode.INVALID_KEY_MATERIAL).because("not the material this key is bound to");
        }
    }

    /** What this key would be replayed from instead of its events so far. */
    public KeySnapshot snapshot() {
        List<KeySnapshot.Token> tokens = tokenExpiries.entrySet().stream()
                .map(token -> new KeySnapshot.Token(
                        token.getKey(), token.getValue(), exhaustedTokens.contains(token.getKey())))
                .sorted(Comparator.comparing(token -> token.tokenId().value()))
                .toList();
        return new KeySnapshot(
                keyId,
                lifecycle.origin(),
                lifecycle.state(),
                lifecycle.hasMaterial(),
                lifecycle.materialExpiresAt(),
                dates.expiry() == null ? null : dates.expiry().silentUntil(),
                lifecycle.deleteAt(),
                dates.deletion() == null ? null : dates.deletion().silentUntil(),
                description,
                deletionProtected,
                deletionProtectionDescription,
                tags,
                tokens,
                versionId,
                boundTo);
    }

    /** A snapshot comes first, in place of the events that it stands for. */
    @EventSourcingHandler
    void on(KeySnapshot snapshot) {
        keyId = snapshot.keyId();
        lifecycle = new KeyLifecycle(
                snapshot.origin(),
                snapshot.state(),
                snapshot.hasMaterial(),
                snapshot.materialExpiresAt(),
                snapshot.deleteAt());
        dates = new DueDates(
                date(snapshot.materialExpiresAt(), snapshot.expirySilentUntil()),
                date(snapshot.deleteAt(), snapshot.deletionSilentUntil()));
        description = snapshot.description();
        deletionProtected = snapshot.deletionProtected();
        deletionProtectionDescription = snapshot.deletionProtectionDescription();
        tags.putAll(snapshot.tags());
        for (KeySnapshot.Token token : snapshot.tokens()) {
            tokenExpiries.put(token.tokenId(), token.expiresAt());
            if (token.exhausted()) {
                exhaustedTokens.add(token.tokenId());
            }
        }
        versionId = snapshot.versionId();
        boundTo = snapshot.boundTo();
    }

    private static @Nullable DueDate date(@Nullable Instant due, @Nullable Instant silentUntil) {
        return due == null || silentUntil == null ? null : new DueDate(due, silentUntil);
    }

    @EventSourcingHandler
    void on(KeyCreated event) {
        keyId = event.keyId();
        lifecycle = KeyLifecycle.created(event.origin());
        description = event.description();
        versionId = event.primaryVersion();
    }

    @EventSourcingHandler
    void on(KeyDescriptionChanged event) {
        description = event.description();
    }

    @EventSourcingHandler
    void on(KeyEnabled event) {
        lifecycle = lifecycle.after(event);
    }

    @EventSourcingHandler
    void on(KeyDisabled event) {
        lifecycle = lifecycle.after(event);
    }

    @EventSourcingHandler
    void on(KeyTagsChanged event) {
        tags.keySet().removeAll(event.removed());
        tags.putAll(event.set());
    }

    @EventSourcingHandler
    void on(DeletionProtectionChanged event) {
        deletionProtected = event.enabled();
        deletionProtectionDescription = event.description();
    }

    @EventSourcingHandler
    void on(ImportParametersIssued event) {
        tokenExpiries.put(event.tokenId(), event.expiresAt());
    }

    @EventSourcingHandler
    void on(ImportTokenExhausted event) {
        exhaustedTokens.add(event.tokenId());
    }

    @EventSourcingHandler
    void on(KeyMaterialImported event) {
        lifecycle = lifecycle.after(event);
        dates = dates.after(event);
        versionId = event.versionId();
        boundTo = event.materialTag();
    }

    @EventSourcingHandler
    void on(KeyMaterialDeleted event) {
        lifecycle = lifecycle.after(event);
        dates = dates.after(event);
    }

    @EventSourcingHandler
    void on(KeyMaterialExpired event) {
        lifecycle = lifecycle.after(event);
        dates = dates.after(event);
    }

    @EventSourcingHandler
    void on(KeyDeletionScheduled event) {
        lifecycle = lifecycle.after(event);
        dates = dates.after(event);
    }

    @EventSourcingHandler
    void on(KeyDeletionCancelled event) {
        lifecycle = lifecycle.after(event);
        dates = dates.after(event);
    }

    @EventSourcingHandler
    void on(KeyExpiryNear event) {
        dates = dates.after(event);
    }

    @EventSourcingHandler
    void on(KeyDeletionNear event) {
        dates = dates.after(event);
    }

    @EventSourcingHandler
    void on(KeyDestroyed event) {
        markDeleted();
    }
}

package dev.keyledger.api.audit;

import dev.keyledger.api.auth.AuthMethod;
import dev.keyledger.api.auth.Caller;
import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The single audit record of one request while it is being made. Every layer adds what it knows; whoever makes the record durable calls
 * {@link #written()} after the commit. Belongs to one request and one thread.
 *
 * <p>No setter takes plaintext, material or a token; {@code toString} shows no caller data at all.
 */
public final class AuditDraft {

    /** Longest user agent and longest caller's reason kept, in characters; more is cut. */
    public static final int MAX_TEXT = 256;

    private final String requestId;
    private final String sourceIp;
    private final String userAgent;
    private String action = "";
    private String principal = "";
    private String accessKeyId = "";
    private AuthMethod authMethod = AuthMethod.NONE;
    private @Nullable String nonce;
    private @Nullable Instant signedAt;
    private String callerReason = "";
    private String internalReason = "";

    private final Set<KeyId> keyIds = new LinkedHashSet<>();
    private @Nullable KeyVersionId keyVersionId;
    private String aliasUsed = "";
    private Map<String, String> context = Map.of();
    private Map<String, String> destinationContext = Map.of();
    private String ciphertextDigest = "";
    private @Nullable Integer inputBytes;
    private @Nullable Integer outputBytes;
    private String weakMaterial = "";
    private @Nullable Instant unrecoverableAfter;
    private boolean accessKeyRemembered;
    private boolean written;

    /** How long anybody waits for the record: the vendor's clients give up after ten seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final Deadline deadline = Deadline.in(PATIENCE);

    /**
     * Starts the record of a request of which nothing is proved yet.
     *
     * @param userAgent as sent; cut at {@value #MAX_TEXT} characters
     */
    public AuditDraft(String requestId, String sourceIp, String userAgent) {
        this.requestId = requestId;
        this.sourceIp = sourceIp;
        this.userAgent = cut(userAgent);
    }

    /** Starts the record of an act of the system itself, which no request asked for. */
    public static AuditDraft ofSystem(String requestId, String action) {
        return ofSystem(requestId, action, "");
    }

    /**
     * Starts the record of an act of the system itself about what came from an address.
     *
     * @param sourceIp the address or network it is about; empty for none
     */
    public static AuditDraft ofSystem(String requestId, String action, String sourceIp) {
        AuditDraft draft =
                new AuditDraft(requestId, sourceIp, "").action(action).authMethod(AuthMethod.SYSTEM);
        draft.principal = "system";
        return draft;
    }

    /** Name of the operation; for {@code /v1} a name the endpoint chose. */
    public AuditDraft action(String name) {
        action = name;
        return this;
    }

    /** The access key the client claims to be; recorded also if the claim fails. */
    public AuditDraft claimedAccessKey(String claimed) {
        accessKeyId = cut(claimed);
        return this;
    }

    /** The signature held. */
    public AuditDraft authenticated(Caller caller) {
        principal = caller.principal();
        accessKeyId = caller.accessKeyId();
        authMethod = caller.authMethod();
        return this;
    }

    /** The access key was found in memory: whether it still counts is to be looked up with the record. */
    public AuditDraft rememberedAccessKey() {
        accessKeyRemembered = true;
        return this;
    }

    /** How the client tries to prove itself; says nothing about success. */
    public AuditDraft authMethod(AuthMethod method) {
        authMethod = method;
        return this;
    }

    /**
     * The nonce to be recorded with this request. Only after the signature held: otherwise a stranger could use up the nonces of others.
     */
    public AuditDraft nonce(String value, Instant signedTimestamp) {
        nonce = value;
        signedAt = signedTimestamp;
        return this;
    }

    /** Forgets the nonce, so that the refusal of a replay can itself be recorded. */
    public AuditDraft withoutNonce() {
        nonce = null;
        return this;
    }

    /** The timestamp the client signed. */
    public AuditDraft signedAt(Instant timestamp) {
        signedAt = timestamp;
        return this;
    }

    /** Why the caller says it does this; cut at {@value #MAX_TEXT} characters. */
    public AuditDraft callerReason(String text) {
        callerReason = cut(text);
        return this;
    }

    /** Why the service refused, beyond the code; for the log only, must hold no secret. */
    public AuditDraft internalReason(String text) {
        internalReason = cut(text);
        return this;
    }

    /** A key this request touches; call once for each. The first is the main one. */
    public AuditDraft keyId(KeyId keyId) {
        keyIds.add(keyId);
        return this;
    }

    public AuditDraft keyVersionId(KeyVersionId versionId) {
        keyVersionId = versionId;
        return this;
    }

    /** The alias by which the caller named the key. */
    public AuditDraft aliasUsed(String aliasName) {
        aliasUsed = aliasName;
        return this;
    }

    /** The encryption context; of ReEncrypt, the source's. It is authenticated, not secret. */
    public AuditDraft context(Map<String, String> pairs) {
        context = Map.copyOf(pairs);
        return this;
    }

    /** The encryption context of ReEncrypt's destination. */
    public AuditDraft destinationContext(Map<String, String> pairs) {
        destinationContext = Map.copyOf(pairs);
        return this;
    }

    /** SHA-256 of the ciphertext made or opened, lower-case hexadecimal. */
    public AuditDraft ciphertextDigest(String hex) {
        ciphertextDigest = hex;
        return this;
    }

    /** Sizes in bytes of what was taken in and given out. */
    public AuditDraft sizes(int in, int out) {
        inputBytes = in;
        outputBytes = out;
        return this;
    }

    /** Why the imported material looks weak (for example {@code one-repeated-byte}); the reason says nothing about its value otherwise. */
    public AuditDraft weakMaterial(String reason) {
        weakMaterial = reason;
        return this;
    }

    /** When the last back-up that could restore destroyed material has lapsed. */
    public AuditDraft unrecoverableAfter(Instant instant) {
        unrecoverableAfter = instant;
        return this;
    }

    /** The record of this request is durable; call after the commit, never before. */
    public void written() {
        written = true;
    }

    public boolean isWritten() {
        return written;
    }

    public String requestId() {
        return requestId;
    }

    public String sourceIp() {
        return sourceIp;
    }

    public String userAgent() {
        return userAgent;
    }

    public String action() {
        return action;
    }

    /** Empty if the request is not authenticated. */
    public String principal() {
        return principal;
    }

    /** Empty if the request named none. */
    public String accessKeyId() {
        return accessKeyId;
    }

    public boolean accessKeyRemembered() {
        return accessKeyRemembered;
    }

    /** When it is too late to answer this request. */
    public Deadline deadline() {
        return deadline;
    }

    public AuthMethod authMethod() {
        return authMethod;
    }

    public Optional<String> nonce() {
        return Optional.ofNullable(nonce);
    }

    public Optional<Instant> signedAt() {
        return Optional.ofNullable(signedAt);
    }

    /** Whether a replay of this very request would be noticed. */
    public boolean replayProtected() {
        return nonce != null;
    }

    public String callerReason() {
        return callerReason;
    }

    public String internalReason() {
        return internalReason;
    }

    /** All keys touched, the main one first. */
    public List<KeyId> keyIds() {
        return List.copyOf(keyIds);
    }

    public Optional<KeyVersionId> keyVersionId() {
        return Optional.ofNullable(keyVersionId);
    }

    public String aliasUsed() {
        return aliasUsed;
    }

    /** Sorted by name, so that equal contexts are stored equally. */
    public Map<String, String> context() {
        return new TreeMap<>(context);
    }

    /** Sorted by name, so that equal contexts are stored equally. */
    public Map<String, String> destinationContext() {
        return new TreeMap<>(destinationContext);
    }

    public String ciphertextDigest() {
        return ciphertextDigest;
    }

    public Optional<Integer> inputBytes() {
        return Optional.ofNullable(inputBytes);
    }

    public Optional<Integer> outputBytes() {
        return Optional.ofNullable(outputBytes);
    }

    /** Empty if nothing looked weak. */
    public String weakMaterial() {
        return weakMaterial;
    }

    public Optional<Instant> unrecoverableAfter() {
        return Optional.ofNullable(unrecoverableAfter);
    }

    @Override
    public String toString() {
        return "AuditDraft[" + requestId + " " + action + (written ? " written]" : "]");
    }

    private static String cut(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        // Never between the halves of a surrogate pair: the database would refuse the lone half.
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
        return text.substring(0, end);
    }
}

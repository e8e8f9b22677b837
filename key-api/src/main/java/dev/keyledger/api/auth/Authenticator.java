package dev.keyledger.api.auth;

import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who sent a request. It checks in the vendor's order: timestamp, access key, signature, nonce; whether an access key is disabled
 * and whether a nonce was used is told only to someone who proved to hold the secret.
 *
 * <p>A request is recognised as header-signed by an {@code Authorization} header that starts with {@code ACS3-} and by nothing else.
 * Source: the vendor's pages "Common parameters", "Signature" and "Request syntax and signature method V3". Thread-safe.
 */
public final class Authenticator {

    /** How far a signed timestamp may be from either clock. */
    public static final Duration WINDOW = Duration.ofMinutes(15);

    /** Longest access key id worth looking up, in characters. */
    static final int MAX_ACCESS_KEY_ID = 128;

    private static final int DUMMY_BYTES = 30;

    private final AccessKeys accessKeys;
    private final RequestTimes times;
    private final boolean requireNonce;
    private final SecretBytes dummySecret;

    /**
     * @param requireNonce whether a signed request without a nonce is refused; the vendor's parameter list of 2018 has none
     */
    public Authenticator(AccessKeys accessKeys, RequestTimes times, boolean requireNonce, SecureRandom random) {
        this.accessKeys = accessKeys;
        this.times = times;
        this.requireNonce = requireNonce;
        byte[] dummy = new byte[DUMMY_BYTES];
        random.nextBytes(dummy);
        this.dummySecret = SecretBytes.takeFrom(dummy);
    }

    /** Whether the request is signed in its {@code Authorization} header; a later or foreign version of that family counts, and is refused. */
    public static boolean headerSigned(SignedRequest.Headers headers) {
        return headers.all("authorization").stream()
                .anyMatch(value -> value.startsWith(Acs3Signature.FAMILY) || value.startsWith("ACS4-"));
    }

    /** What a request of the vendor's protocol claims. Never refuses: the claim is recorded before it is checked. */
    public Claim claimOf(SignedRequest request) {
        return headerSigned(request.headers())
                ? Acs3Signature.claim(request, Set.of(Acs3Signature.DATE))
                : V1Signature.claim(request);
    }

    /**
     * Checks a claim.
     *
     * @param sourceIp numeric address of the client
     * @throws Refusal {@code ILLEGAL_TIMESTAMP}, {@code TIMESTAMP_EXPIRED}, {@code MISSING_PARAMETER}, {@code INVALID_PARAMETER}, {@code
     *     INCOMPLETE_SIGNATURE}, {@code ACCESS_KEY_NOT_FOUND}, {@code SIGNATURE_DOES_NOT_MATCH}, {@code ACCESS_KEY_DISABLED} or {@code
     *     NONCE_USED}
     */
    public Authenticated verify(Claim claim, String sourceIp) {
        return verify(claim, sourceIp, accessKeys::find);
    }

    /**
     * As {@link #verify}, for a request that changes nothing before its record is written: the access key may be remembered, and whether it
     * still counts and whether the nonce is new is decided by the statement that writes the record.
     */
    public Authenticated verifyRecalled(Claim claim, String sourceIp) {
        return verify(claim, sourceIp, (accessKeyId, nonce) -> accessKeys.recall(accessKeyId));
    }

    private interface Source {
        Optional<AccessKey> find(String accessKeyId, @Nullable NonceProbe nonce);
    }

    private Authenticated verify(Claim claim, String sourceIp, Source source) {
        boolean basic = claim.authMethod() == AuthMethod.BASIC;
        Instant signedAt = basic ? times.machineNow() : signedAt(claim.timestamp());
        if (claim.flaw().isPresent()) {
            throw claim.flaw().get();
        }
        Claim.Proof proof = claim.proof().orElseThrow();
        Optional<String> nonce = nonce(claim);
        NonceProbe probe = nonce.isPresent() ? new NonceProbe(nonce.get(), signedAt) : null;
        try (Secret secret = find(source, claim.accessKeyId(), probe)) {
            boolean holds = proof.holds(secret.bytes());
            AccessKey found = secret.accessKey();
            if (found == null) {
                throw Refusal.of(ErrorCode.ACCESS_KEY_NOT_FOUND);
            }
            if (!holds) {
                throw Refusal.of(ErrorCode.SIGNATURE_DOES_NOT_MATCH, proof.stringToSign());
            }
            if (found.status() != AccessKey.Status.ENABLED) {
                throw Refusal.of(ErrorCode.ACCESS_KEY_DISABLED);
            }
            if (found.nonceSeen()) {
                throw Refusal.of(ErrorCode.NONCE_USED);
            }
            if (nonce.isEmpty() && requireNonce && !basic) {
                throw Refusal.of(ErrorCode.MISSING_PARAMETER, "SignatureNonce");
            }
            return new Authenticated(
                    new Caller(found.principal(), found.id(), claim.authMethod(), sourceIp), nonce, signedAt);
        }
    }

    private Instant signedAt(String timestamp) {
        Instant signedAt = SignedTimestamp.parse(timestamp);
        // Missing and malformed are one case to the vendor.
        if (signedAt == null) {
            throw Refusal.of(ErrorCode.ILLEGAL_TIMESTAMP);
        }
        if (!near(signedAt, times.machineNow()) && !near(signedAt, times.storeNow())) {
            throw Refusal.of(ErrorCode.TIMESTAMP_EXPIRED);
        }
        return signedAt;
    }

    private static boolean near(Instant signedAt, Instant now) {
        return Duration.between(signedAt, now).abs().compareTo(WINDOW) <= 0;
    }

    private static Optional<String> nonce(Claim claim) {
        if (claim.nonce().length() > NonceProbe.MAX_LENGTH) {
            throw Refusal.of(ErrorCode.INVALID_PARAMETER, "SignatureNonce");
        }
        return Optional.of(claim.nonce()).filter(value -> !value.isEmpty());
    }

    /** The access key's secret, or a random one if there is no such access key, so that both cases take the same work. */
    private Secret find(Source source, String accessKeyId, @Nullable NonceProbe probe) {
        Optional<AccessKey> found =
                accessKeyId.length() > MAX_ACCESS_KEY_ID ? Optional.empty() : source.find(accessKeyId, probe);
        return new Secret(found.orElse(null), dummySecret);
    }

    private record Secret(@Nullable AccessKey accessKey, SecretBytes dummy) implements AutoCloseable {

        SecretBytes bytes() {
            return accessKey == null ? dummy : accessKey.secret();
        }

        @Override
        public void close() {
            if (accessKey != null) {
                accessKey.close();
            }
        }
    }
}

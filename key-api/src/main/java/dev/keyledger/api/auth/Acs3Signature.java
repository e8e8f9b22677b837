package dev.keyledger.api.auth;

import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Signature version 3, {@code ACS3-HMAC-SHA256}: an HMAC over method, path, query, chosen headers and the hash of the body, carried in the
 * {@code Authorization} header. Pure functions.
 *
 * <p>Source: the vendor's page "Request syntax and signature method V3".
 */
public final class Acs3Signature {

    /** How a request of this family is recognised; the {@code x-acs-} headers accompany requests of version 1.0 too. */
    public static final String FAMILY = "ACS3-";

    /** First word of the {@code Authorization} header and of the string to sign. */
    public static final String ALGORITHM = "ACS3-HMAC-SHA256";

    /** Header names, lower-case. */
    public static final String ACTION = "x-acs-action";

    public static final String VERSION = "x-acs-version";
    public static final String DATE = "x-acs-date";
    public static final String NONCE = "x-acs-signature-nonce";
    public static final String CONTENT_HASH = "x-acs-content-sha256";

    /** What would change the meaning of a request and therefore counts only if it is signed. */
    private static final Set<String> DECIDING = Set.of(ACTION, VERSION, DATE, NONCE, CONTENT_HASH);

    private Acs3Signature() {}

    /**
     * The parts of an {@code Authorization} header.
     *
     * @param credential the AccessKeyId
     * @param signedHeaders lower-case names in the order given
     * @param signature lower-case hexadecimal
     */
    public record Authorization(String credential, List<String> signedHeaders, String signature) {

        /** Reads the header, whose parts come in any order; empty if it is not complete. */
        public static Optional<Authorization> parse(String header) {
            if (!header.startsWith(ALGORITHM + " ")) {
                return Optional.empty();
            }
            Map<String, String> parts = new HashMap<>();
            for (String part : header.substring(ALGORITHM.length() + 1).split(",", -1)) {
                String[] pair = part.split("=", 2);
                if (pair.length != 2 || parts.put(pair[0].trim(), pair[1].trim()) != null) {
                    return Optional.empty();
                }
            }
            String credential = parts.getOrDefault("Credential", "");
            String headers = parts.getOrDefault("SignedHeaders", "");
            String signature = parts.getOrDefault("Signature", "");
            if (credential.isEmpty() || headers.isEmpty() || signature.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Authorization(
                    credential, List.of(headers.toLowerCase(Locale.ROOT).split(";")), signature));
        }
    }

    /**
     * The canonical request.
     *
     * @param signedHeaders lower-case names, in the order in which they were signed
     */
    public static String canonicalRequest(SignedRequest request, List<String> signedHeaders) {
        StringBuilder headers = new StringBuilder();
        for (String name : signedHeaders) {
            String value = Objects.requireNonNullElse(request.headers().only(name), "");
            headers.append(name).append(':').append(value.trim()).append('\n');
        }
        return String.join(
                "\n",
                request.method(),
                request.canonicalUri(),
                PercentEncoding.canonicalQuery(request.query()),
                headers,
                String.join(";", signedHeaders),
                request.payloadHash());
    }

    /** What is signed. */
    public static String stringToSign(String canonicalRequest) {
        return ALGORITHM + "\n" + Signing.sha256Hex(canonicalRequest.getBytes(StandardCharsets.UTF_8));
    }

    /** The signature, lower-case hexadecimal; the key is the secret alone. */
    public static String sign(SecretBytes secret, String stringToSign) {
        return secret.use(bytes -> HexFormat.of().formatHex(Signing.hmac("HmacSHA256", bytes, stringToSign)));
    }

    /** The header a client sends. */
    public static String authorization(
            SecretBytes secret, String accessKeyId, SignedRequest request, Set<String> names) {
        List<String> signedHeaders = List.copyOf(new TreeSet<>(names));
        String signature = sign(secret, stringToSign(canonicalRequest(request, signedHeaders)));
        return ALGORITHM + " Credential=" + accessKeyId + ",SignedHeaders=" + String.join(";", signedHeaders)
                + ",Signature=" + signature;
    }

    /**
     * Reads what the headers claim.
     *
     * @param mustBeSigned headers that must be there and signed, lower-case
     */
    static Claim claim(SignedRequest request, Set<String> mustBeSigned) {
        SignedRequest.Headers headers = request.headers();
        String timestamp = Objects.requireNonNullElse(headers.only(DATE), "");
        Optional<Authorization> parsed =
                Optional.ofNullable(headers.only("authorization")).flatMap(Authorization::parse);
        if (parsed.isEmpty()) {
            return Claim.flawed(AuthMethod.NONE, "", timestamp, incomplete("unreadable authorization header"));
        }
        Authorization authorization = parsed.get();
        String flaw = flaw(headers, authorization.signedHeaders(), mustBeSigned);
        if (!flaw.isEmpty()) {
            return Claim.flawed(AuthMethod.ACS3_HMAC_SHA256, authorization.credential(), timestamp, incomplete(flaw));
        }
        return Claim.complete(
                AuthMethod.ACS3_HMAC_SHA256,
                authorization.credential(),
                timestamp,
                Objects.requireNonNullElse(headers.only(NONCE), ""),
                new Headers(request, authorization));
    }

    private static Refusal incomplete(String why) {
        return Refusal.of(ErrorCode.INCOMPLETE_SIGNATURE).because(why);
    }

    private static String flaw(SignedRequest.Headers headers, List<String> signedHeaders, Set<String> mustBeSigned) {
        for (String name : signedHeaders) {
            if (headers.all(name).size() > 1) {
                return "a signed header is given twice";
            }
        }
        for (String name : DECIDING) {
            if (!headers.all(name).isEmpty() && !signedHeaders.contains(name)) {
                return "unsigned " + name;
            }
        }
        for (String name : mustBeSigned) {
            if (headers.all(name).isEmpty() || !signedHeaders.contains(name)) {
                return "no signed " + name;
            }
        }
        return headers.all(CONTENT_HASH).isEmpty() ? "no " + CONTENT_HASH : "";
    }

    private record Headers(SignedRequest request, Authorization authorization) implements Claim.Proof {

        @Override
        public boolean holds(SecretBytes secret) {
            String declared = Objects.requireNonNullElse(request.headers().only(CONTENT_HASH), "");
            boolean matches = Signing.same(sign(secret, stringToSign()), authorization.signature());
            boolean bodyMatches = Signing.same(request.payloadHash(), declared);
            return matches && bodyMatches;
        }

        @Override
        public String stringToSign() {
            return Acs3Signature.stringToSign(canonicalRequest(request, authorization.signedHeaders()));
        }
    }
}

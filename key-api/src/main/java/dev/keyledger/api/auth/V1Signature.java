package dev.keyledger.api.auth;

import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signature version 1.0: an HMAC over all parameters of a request, wherever they travelled. Pure functions.
 *
 * <p>Source: the vendor's page "Signature" and its SDKs. They disagree about parameters with an empty value: most sign {@code Name=}, one
 * sends it and leaves it out of what it signs, so either form is accepted.
 */
public final class V1Signature {

    /** Parameter that holds the signature and is not covered by it. */
    static final String SIGNATURE = "Signature";

    private static final String VERSION = "1.0";

    private V1Signature() {}

    /** The hash under the HMAC. */
    public enum Algorithm {
        HMAC_SHA1("HMAC-SHA1", "HmacSHA1", AuthMethod.V1_HMAC_SHA1),
        HMAC_SHA256("HMAC-SHA256", "HmacSHA256", AuthMethod.V1_HMAC_SHA256);

        private final String wireName;
        private final String macName;
        private final AuthMethod authMethod;

        Algorithm(String wireName, String macName, AuthMethod authMethod) {
            this.wireName = wireName;
            this.macName = macName;
            this.authMethod = authMethod;
        }

        /** The algorithm of a {@code SignatureMethod}, in exactly this spelling. */
        public static Optional<Algorithm> named(@Nullable String signatureMethod) {
            return Arrays.stream(values())
                    .filter(each -> each.wireName.equals(signatureMethod))
                    .findFirst();
        }
    }

    /**
     * What is signed, parameters with empty values included.
     *
     * @param method HTTP method actually used
     * @param parameters decoded; {@code Signature} is left out here
     */
    public static String stringToSign(String method, Map<String, String> parameters) {
        return stringToSign(method, parameters, true);
    }

    /** What is signed by clients that leave parameters with empty values out. */
    public static String stringToSignWithoutEmpty(String method, Map<String, String> parameters) {
        return stringToSign(method, parameters, false);
    }

    private static String stringToSign(String method, Map<String, String> parameters, boolean withEmpty) {
        StringBuilder text = new StringBuilder(512).append(method).append("&%2F&");
        PercentEncoding.appendEncodedQuery(text, parameters, SIGNATURE, withEmpty);
        return text.toString();
    }

    /** The signature in Base64; the key is the secret followed by {@code &}. */
    public static String sign(Algorithm algorithm, SecretBytes secret, String stringToSign) {
        return secret.use(bytes -> {
            byte[] key = Arrays.copyOf(bytes, bytes.length + 1);
            key[bytes.length] = '&';
            try {
                return Base64.getEncoder().encodeToString(Signing.hmac(algorithm.macName, key, stringToSign));
            } finally {
                Arrays.fill(key, (byte) 0);
            }
        });
    }

    /** Reads what the parameters claim. */
    static Claim claim(SignedRequest request) {
        Map<String, String> sent = request.parameters();
        String accessKeyId = sent.getOrDefault("AccessKeyId", "");
        String timestamp = sent.getOrDefault("Timestamp", "");
        Optional<Algorithm> algorithm = Algorithm.named(sent.get("SignatureMethod"));
        if (accessKeyId.isEmpty()) {
            return Claim.flawed(AuthMethod.NONE, "", timestamp, Refusal.of(ErrorCode.MISSING_PARAMETER, "AccessKeyId"));
        }
        if (algorithm.isEmpty()) {
            return Claim.flawed(AuthMethod.NONE, accessKeyId, timestamp, incomplete("unsupported signature method"));
        }
        AuthMethod authMethod = algorithm.get().authMethod;
        if (sent.getOrDefault(SIGNATURE, "").isEmpty()) {
            return Claim.flawed(authMethod, accessKeyId, timestamp, incomplete("no signature"));
        }
        if (!VERSION.equals(sent.get("SignatureVersion"))) {
            return Claim.flawed(authMethod, accessKeyId, timestamp, incomplete("unsupported signature version"));
        }
        // Two SDKs always send the type, empty.
        if (!sent.getOrDefault("SignatureType", "").isEmpty()) {
            return Claim.flawed(authMethod, accessKeyId, timestamp, incomplete("unsupported signature type"));
        }
        return Claim.complete(
                authMethod,
                accessKeyId,
                timestamp,
                sent.getOrDefault("SignatureNonce", ""),
                new Parameters(request, algorithm.get()));
    }

    private static Refusal incomplete(String why) {
        return Refusal.of(ErrorCode.INCOMPLETE_SIGNATURE).because(why);
    }

    private record Parameters(SignedRequest request, Algorithm algorithm) implements Claim.Proof {

        @Override
        public boolean holds(SecretBytes secret) {
            String claimed = request.parameters().getOrDefault(SIGNATURE, "");
            boolean matchesWith = Signing.same(sign(algorithm, secret, stringToSign()), claimed);
            if (!request.parameters().containsValue("")) {
                return matchesWith;
            }
            // Both are always computed: the time must not tell which was right.
            String without = stringToSignWithoutEmpty(request.method(), request.parameters());
            boolean matchesWithout = Signing.same(sign(algorithm, secret, without), claimed);
            return matchesWith || matchesWithout;
        }

        @Override
        public String stringToSign() {
            return V1Signature.stringToSign(request.method(), request.parameters());
        }
    }
}

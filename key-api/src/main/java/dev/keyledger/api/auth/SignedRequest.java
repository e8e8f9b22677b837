package dev.keyledger.api.auth;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as a signature sees it. Nothing in it is proved; {@code toString} shows no value, since values may be secret.
 *
 * @param method HTTP method as used
 * @param canonicalUri what header signatures cover as the path: {@code /} for the vendor's protocol, the encoded request path under
 *     {@code /v1}
 * @param query decoded parameters of the URL
 * @param parameters decoded parameters of URL and form body together
 * @param headers the request's headers
 * @param payloadHash SHA-256 of the raw body, lower-case hexadecimal; empty where only parameters are signed
 */
public record SignedRequest(
        String method,
        String canonicalUri,
        Map<String, String> query,
        Map<String, String> parameters,
        Headers headers,
        String payloadHash) {

    /** Headers by name, in any letter case. */
    @FunctionalInterface
    public interface Headers {

        /** All values in order; empty if there is no such header. */
        List<String> all(String name);

        /** The value if there is exactly one, else null: two values of a header that decides something are as good as none. */
        default @Nullable String only(String name) {
            List<String> values = all(name);
            return values.size() == 1 ? values.get(0) : null;
        }
    }

    /** SHA-256 of a body, lower-case hexadecimal. */
    public static String hash(byte[] body) {
        return Signing.sha256Hex(body);
    }

    @Override
    public String toString() {
        return "SignedRequest[" + method + "]";
    }
}

package dev.keyledger.api.protocol;

import java.util.Map;

/**
 * A request taken apart, not yet understood. {@code toString} shows names only.
 *
 * @param query decoded parameters of the URL
 * @param parameters decoded parameters of URL and form body together
 * @param body raw bytes of the body, empty if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // Raw bytes on their way to a hash; never compared, never printed.
public record RawRequest(Map<String, String> query, Map<String, String> parameters, byte[] body) {

    @Override
    public String toString() {
        return "RawRequest" + parameters.keySet();
    }
}

package dev.keyledger.api.rest;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.keyledger.refusal.Refusal;
import java.util.Locale;

/**
 * A problem document, RFC 9457.
 *
 * @param type {@code urn:keyledger:problem:} and the code
 * @param title the code's name, the same for every occurrence
 * @param status HTTP status
 * @param detail what happened this time
 * @param code the code of the catalogue, as in the audit record
 * @param requestId as in the audit record
 */
@JsonPropertyOrder({"type", "title", "status", "detail", "code", "requestId"})
record Problem(String type, String title, int status, String detail, String code, String requestId) {

    static Problem of(Refusal refusal, int status, String detail, String requestId) {
        String code = refusal.code().code();
        String title = refusal.code().name().charAt(0)
                + refusal.code().name().substring(1).toLowerCase(Locale.ROOT).replace('_', ' ');
        return new Problem("urn:keyledger:problem:" + code, title, status, detail, code, requestId);
    }
}

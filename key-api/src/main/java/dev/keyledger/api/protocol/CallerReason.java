package dev.keyledger.api.protocol;

import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.auth.SignedRequest;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Why the caller says it does this: a header or a parameter of one name, in the vendor's protocol and under {@code /v1} alike. It is recorded
 * as said, apart from the service's own reason, and decides nothing; so an unsigned header will do, where the parameter is always signed.
 */
public final class CallerReason {

    /** Name of the header, in any letter case, and of the parameter, in this one. */
    public static final String NAME = "x-keyledger-reason";

    private CallerReason() {}

    /**
     * The reason; empty if none is given.
     *
     * @param headers a value is UTF-8
     * @throws Refusal {@code INVALID_PARAMETER} if it is longer than {@value AuditDraft#MAX_TEXT} characters, not text, or given twice in
     *     different words: a record of half of it would say something else
     */
    public static String of(SignedRequest.Headers headers, Map<String, String> parameters) {
        String parameter = parameters.get(NAME);
        List<String> sent = headers.all(NAME);
        String reason = parameter != null ? parameter : "";
        if (!sent.isEmpty()) {
            String header = text(sent.get(0));
            if (sent.size() > 1 || (parameter != null && !parameter.equals(header))) {
                throw invalid("It is given more than once, in different words.");
            }
            reason = header;
        }
        if (reason.length() > AuditDraft.MAX_TEXT) {
            throw invalid("It has at most " + AuditDraft.MAX_TEXT + " characters.");
        }
        return reason;
    }

    /** Web servers read header bytes as ISO 8859-1, so that none is lost. */
    private static String text(String header) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw invalid("It is text in UTF-8.");
        }
    }

    private static Refusal invalid(String advice) {
        return Refusal.of(ErrorCode.INVALID_PARAMETER, NAME).advising(advice);
    }
}

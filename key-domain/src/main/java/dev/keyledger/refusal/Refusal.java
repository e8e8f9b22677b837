package dev.keyledger.refusal;

import java.util.List;

/**
 * A rule said no. The only business exception: it carries a code of the catalogue, the arguments of its message, and a reason that goes to
 * the audit record but never to the client.
 *
 * <p>It has no stack trace: a refusal is an answer, not a fault.
 */
public final class Refusal extends RuntimeException {

    private final ErrorCode code;
    private final List<String> arguments;
    private final String reason;
    private final String advice;

    private Refusal(ErrorCode code, String reason, String advice, List<String> arguments) {
        super(code.code(), null, false, false);
        this.code = code;
        this.reason = reason;
        this.advice = advice;
        this.arguments = List.copyOf(arguments);
    }

    /** A refusal with the arguments of the code's message, in order. */
    public static Refusal of(ErrorCode code, String... arguments) {
        return new Refusal(code, "", "", List.of(arguments));
    }

    /** The same refusal with an internal reason for the audit record; it must hold no secret. */
    public Refusal because(String internalReason) {
        return new Refusal(code, internalReason, advice, arguments);
    }

    /** The same refusal with a sentence that helps the client; told where the form of the message is ours and not the vendor's. */
    public Refusal advising(String sentence) {
        return new Refusal(code, reason, sentence, arguments);
    }

    public ErrorCode code() {
        return code;
    }

    /** Internal reason, for the audit record only; empty if there is nothing to add to the code. */
    public String reason() {
        return reason;
    }

    /** What would help, for the client; empty if there is nothing to add to the message. */
    public String advice() {
        return advice;
    }

    /** The text for the client. */
    public String clientMessage() {
        return arguments.isEmpty()
                ? code.messageTemplate()
                : code.messageTemplate().formatted(arguments.toArray());
    }
}

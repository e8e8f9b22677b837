package dev.keyledger.api.protocol;

/**
 * One operation of the protocol. Implementations are Spring beans, one class each, thread-safe.
 *
 * <p>An operation reads {@link Call#parameters()}, calls {@link Call#authorise} before it looks at any state, acts, and returns a record. It
 * knows neither HTTP nor signatures, and it catches nothing: a {@link dev.keyledger.refusal.Refusal} becomes the answer.
 */
public interface Operation {

    /** The protocol's name, for example {@code CreateKey}. */
    String name();

    /**
     * Does it.
     *
     * @return the response: a record as {@link ResponseEncoder} describes, {@link Acknowledged} if it is the request id alone
     * @throws dev.keyledger.refusal.Refusal if a rule says no
     */
    Object execute(Call call);
}

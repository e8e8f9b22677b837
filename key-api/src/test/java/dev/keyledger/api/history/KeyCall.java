package dev.keyledger.api.history;

/** What a client asks of one key, as far as the answer depends on the key's state. */
public sealed interface KeyCall {

    /** Encrypt, Decrypt or a data key; Decrypt of a ciphertext that this key made. */
    record Use(String action) implements KeyCall {}

    /** DescribeKey. */
    record Describe() implements KeyCall {}

    /** EnableKey. */
    record Enable() implements KeyCall {}

    /** DisableKey. */
    record Disable() implements KeyCall {}

    /** ScheduleKeyDeletion. */
    record Schedule() implements KeyCall {}

    /** CancelKeyDeletion. */
    record Cancel() implements KeyCall {}

    /**
     * ImportKeyMaterial with a token that is good.
     *
     * @param material which of the materials at hand
     * @param expiry the tick at which it expires; {@link ModelKey#NEVER} for material without expiry
     */
    record Import(int material, int expiry) implements KeyCall {}

    /** DeleteKeyMaterial. */
    record DeleteMaterial() implements KeyCall {}

    /** Store time moves on by one tick, for all keys at once. */
    record Tick() implements KeyCall {}
}

package dev.keyledger.api.history;

/**
 * What a client was told.
 *
 * @param code error code of a refusal; empty for a success; {@link #LOST_RACE} for a refusal that does not speak of the key's state
 * @param state {@code KeyState} of a description, else empty
 * @param expiry tick at which a description says the material expires, {@link ModelKey#NEVER} if it names none
 * @param deletion whether a description names a date of deletion
 */
public record KeyAnswer(String code, String state, int expiry, boolean deletion) {

    /** The change was given up because too many others came first; nothing was changed, whatever state the key was in. */
    public static final String LOST_RACE = "lost race";

    private static final KeyAnswer DONE = new KeyAnswer("", "", ModelKey.NEVER, false);

    /** A success that says nothing about the key. */
    public static KeyAnswer done() {
        return DONE;
    }

    /** A refusal. */
    public static KeyAnswer refused(String code) {
        return new KeyAnswer(code, "", ModelKey.NEVER, false);
    }

    /** A description. */
    public static KeyAnswer described(String state, int expiry, boolean deletion) {
        return new KeyAnswer("", state, expiry, deletion);
    }

    @Override
    public String toString() {
        if (!state.isEmpty()) {
            return state + (expiry == ModelKey.NEVER ? "" : " until tick " + expiry) + (deletion ? " with a date" : "");
        }
        return code.isEmpty() ? "ok" : code;
    }
}

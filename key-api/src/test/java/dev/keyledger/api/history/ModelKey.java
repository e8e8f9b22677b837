package dev.keyledger.api.history;

/**
 * A key between two calls.
 *
 * @param state where it is in its life, without regard to the clock
 * @param bound the material it is bound to for life; {@link #UNBOUND} before the first import
 * @param material whether that material is there, without regard to the clock
 * @param expiry tick at which the material expires
 * @param now ticks that have passed
 */
public record ModelKey(State state, int bound, boolean material, int expiry, int now) {

    /** Expiry of material that does not expire. */
    public static final int NEVER = Integer.MAX_VALUE;

    /** A key that never had material. */
    public static final int UNBOUND = -1;

    /** States by their names on the wire. */
    public enum State {
        PENDING_IMPORT("PendingImport"),
        ENABLED("Enabled"),
        DISABLED("Disabled"),
        PENDING_DELETION("PendingDeletion");

        private final String wireName;

        State(String wireName) {
            this.wireName = wireName;
        }

        /** Name on the wire. */
        public String wireName() {
            return wireName;
        }
    }

    /** A new key that waits for its owner's material. */
    public static ModelKey external() {
        return new ModelKey(State.PENDING_IMPORT, UNBOUND, false, NEVER, 0);
    }

    /** A new key whose material the service made. */
    public static ModelKey generated() {
        return new ModelKey(State.ENABLED, 0, true, NEVER, 0);
    }

    /** The key as the present instant makes it: material past its expiry is gone. */
    ModelKey atPresent() {
        return material && expiry <= now ? withoutMaterial() : this;
    }

    ModelKey in(State next) {
        return new ModelKey(next, bound, material, expiry, now);
    }

    ModelKey withMaterial(int which, int expiresAt) {
        return new ModelKey(state == State.PENDING_IMPORT ? State.ENABLED : state, which, true, expiresAt, now);
    }

    ModelKey withoutMaterial() {
        return new ModelKey(state == State.PENDING_DELETION ? state : State.PENDING_IMPORT, bound, false, NEVER, now);
    }

    ModelKey oneTickLater() {
        return new ModelKey(state, bound, material, expiry, now + 1).atPresent();
    }
}

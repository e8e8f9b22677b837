package dev.keyledger.api.faults;

/** What happens to a connection at the chosen moment. */
public enum Harm {
    /** Both sides see the connection reset. */
    CUT,
    /** The node sees the connection reset; the server goes on with what it was told, since it has not heard of it. */
    HANG_UP,
    /** Nothing arrives any more, and nobody is told. */
    SILENCE
}

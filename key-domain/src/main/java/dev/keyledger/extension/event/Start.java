package dev.keyledger.extension.event;

/** Where a handler begins that this store has never had before. One that it has had goes on where it was. */
public enum Start {
    /** At the first event there ever was. */
    BEGINNING,
    /** With what happens from now on. */
    NOW
}

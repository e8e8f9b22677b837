package dev.keyledger.projection.auditlog;

/**
 * A part of the log and the direction in which it is read.
 *
 * @param from first index
 * @param to index after the last one
 * @param newestFirst whether it is read from its end
 */
public record LogRange(long from, long to, boolean newestFirst) {

    /** Whether there is nothing in it. */
    public boolean isEmpty() {
        return from >= to;
    }

    /** What is left when everything up to the index was read, or down to it. */
    LogRange beyond(long index) {
        return newestFirst
                ? new LogRange(from, Math.min(to, index), true)
                : new LogRange(Math.max(from, index + 1), to, false);
    }

    /** So many indexes of it at most, from where it is read. */
    LogRange first(int size) {
        return newestFirst
                ? new LogRange(Math.max(from, to - size), to, true)
                : new LogRange(from, Math.min(to, from + size), false);
    }

    /** What is left after so many indexes. */
    LogRange without(int size) {
        return newestFirst
                ? new LogRange(from, Math.max(from, to - size), true)
                : new LogRange(Math.min(to, from + size), to, false);
    }

    /** Nothing of it: everything was read. */
    LogRange end() {
        return newestFirst ? new LogRange(from, from, true) : new LogRange(to, to, false);
    }

    /** What of it lies within the bounds. */
    LogRange within(long low, long high) {
        return new LogRange(Math.max(from, low), Math.min(to, high), newestFirst);
    }
}

package dev.keyledger.api.rest.events;

import java.io.IOException;

/** What a stream writes to. Nobody ever waits for it. Used by one thread at a time, except for {@link #close}. */
interface Wire {

    /** Most bytes of one {@link #write}. */
    int MOST = 8 * 1024;

    /**
     * Takes bytes, all of them; not to be called while it is full.
     *
     * @param length at most {@link #MOST}
     * @return whether it takes more at once; if not, {@link EventStream#writable} is called when it may
     * @throws IOException if nobody is there any more
     */
    boolean write(byte[] bytes, int offset, int length) throws IOException;

    /**
     * Passes on what it took.
     *
     * @return as {@link #write}
     */
    boolean flush() throws IOException;

    /** Ends it, whatever it still has. May be called more than once and on any thread. */
    void close();
}

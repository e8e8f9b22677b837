package dev.keyledger.extension.event;

/**
 * Does something whenever a key or an alias changes. Found by {@link java.util.ServiceLoader} in the jars of {@code KEYLEDGER_EXTENSIONS_DIR}; has a
 * public constructor without parameters.
 *
 * <p>Told every event at least once, after its change was committed and acknowledged, and those of one subject in the order in which they
 * happened. One node at a time tells a handler, on a thread of its own; if that node dies, another goes on and tells some events again, with
 * the same {@link KeyEvent#id}. A handler decides nothing about safety: a key that was disabled is refused whether or not anybody heard of it.
 */
public interface KeyEventHandler {

    /** Its name, for ever: 1 to 24 lower-case letters and digits, beginning with a letter. What it was told is remembered under it. */
    String name();

    /** Where it begins in a store that never had a handler of this name. */
    default Start start() {
        return Start.NOW;
    }

    /**
     * Takes one event; once this returns, the event counts as taken. May use the network and take its time: nothing but this handler waits.
     *
     * @throws NotNowException if the event is to be told again later, and everything after it waits
     * @throws Exception for whatever is wrong with the event: it is tried twice more, and then parked with all later events of its subject until
     *     an operator has them tried again or skips it. Events of other subjects go on
     */
    void handle(KeyEvent event) throws Exception;
}

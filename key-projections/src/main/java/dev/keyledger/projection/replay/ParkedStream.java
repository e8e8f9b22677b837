package dev.keyledger.projection.replay;

/**
 * A key or an alias whose further events are left out, because one of them cannot be replayed. What its rows should be is not known.
 *
 * @param stream identifier of the key or alias
 * @param globalIndex place of the first event that could not be replayed
 * @param eventId its identifier
 * @param reason why, in one line
 */
public record ParkedStream(String stream, long globalIndex, String eventId, String reason) {}

package dev.keyledger.model;

import java.util.SortedSet;

/**
 * A key as its owner sees it, the state in effect and not the state recorded.
 *
 * @param state as the protocol spells it; {@code gone} for a destroyed key, of which nothing else is seen
 * @param expiring whether its material has an expiry
 */
public record Seen(String state, String description, boolean isProtected, boolean expiring, SortedSet<String> tags) {}

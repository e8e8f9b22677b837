package dev.keyledger.api.startup;

/**
 * What the health of a node tells about its store.
 *
 * @param appendOnlyEnforced whether the service's database role cannot change events and audit records
 * @param embedded whether the database is the embedded one
 */
public record StoreFacts(boolean appendOnlyEnforced, boolean embedded) {}

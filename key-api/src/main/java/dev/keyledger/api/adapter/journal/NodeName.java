package dev.keyledger.api.adapter.journal;

/**
 * Name of this node in audit records and heartbeats: host name and process id.
 *
 * @param value not empty
 */
public record NodeName(String value) {}

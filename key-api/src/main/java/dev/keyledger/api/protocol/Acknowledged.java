package dev.keyledger.api.protocol;

/** The response of an operation that answers its {@code RequestId} and nothing else. */
public record Acknowledged() {}

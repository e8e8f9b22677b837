package dev.keyledger.api.auth;

import java.time.Instant;
import java.util.Optional;

/**
 * A request whose signature held.
 *
 * @param nonce to be recorded with the request; empty if it carries none, and then a replay of it cannot be noticed
 * @param signedAt the timestamp the client signed; when the request came, if it signed none
 */
public record Authenticated(Caller caller, Optional<String> nonce, Instant signedAt) {}

package dev.keyledger.api.auth;

/**
 * Who sent an authenticated request.
 *
 * @param principal name of the principal that owns the access key
 * @param accessKeyId the access key that signed
 * @param authMethod how it was proved
 * @param sourceIp numeric address of the client; from {@code X-Forwarded-For} only if a trusted proxy said so
 */
public record Caller(String principal, String accessKeyId, AuthMethod authMethod, String sourceIp) {}

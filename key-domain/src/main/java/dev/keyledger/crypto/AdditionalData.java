package dev.keyledger.crypto;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import java.util.UUID;

/**
 * What each kind of wrapped secret is bound to, so that a row moved to another place does not unwrap (ADR 0003). The labels are format
 * constants. Numbers are u32 big-endian, identifiers of variable length stand behind their u32 length, UUIDs are 16 bytes.
 */
public final class AdditionalData {

    private AdditionalData() {}

    /** Of the check value that proves a root key: {@code "kms/root-check/v1" ‖ generation}. */
    public static byte[] rootCheck(int generation) {
        return ByteLayout.labelled("kms/root-check/v1").u32(generation).bytes();
    }

    /** Of a domain key: {@code "kms/domain-key/v1" ‖ purpose ‖ number ‖ root generation}. */
    public static byte[] domainKey(String purpose, int number, int rootGeneration) {
        return ByteLayout.labelled("kms/domain-key/v1")
                .prefixed(purpose)
                .u32(number)
                .u32(rootGeneration)
                .bytes();
    }

    /** Of key material: {@code "kms/material/v1" ‖ key id ‖ version id ‖ root generation}. */
    public static byte[] material(KeyId keyId, KeyVersionId versionId, int rootGeneration) {
        return ByteLayout.labelled("kms/material/v1")
                .prefixed(keyId.value())
                .uuid(versionId.value())
                .u32(rootGeneration)
                .bytes();
    }

    /** Of a key's binding secret: {@code "kms/binding/v1" ‖ key id ‖ number of the domain key}. */
    public static byte[] binding(KeyId keyId, int domainKeyNumber) {
        return ByteLayout.labelled("kms/binding/v1")
                .prefixed(keyId.value())
                .u32(domainKeyNumber)
                .bytes();
    }

    /** Of an access key's secret: {@code "kms/access-key/v1" ‖ access key id ‖ number of the domain key}. */
    public static byte[] accessKey(String accessKeyId, int domainKeyNumber) {
        return ByteLayout.labelled("kms/access-key/v1")
                .prefixed(accessKeyId)
                .u32(domainKeyNumber)
                .bytes();
    }

    /** Of a webhook's secret: {@code "kms/webhook/v1" ‖ webhook id ‖ number of the secret ‖ number of the domain key}. */
    public static byte[] webhook(UUID webhookId, int secretNumber, int domainKeyNumber) {
        return ByteLayout.labelled("kms/webhook/v1")
                .uuid(webhookId)
                .u32(secretNumber)
                .u32(domainKeyNumber)
                .bytes();
    }

    /** Of the seed of a log's signing key: {@code "kms/log-signing/v1" ‖ origin of the log ‖ number of the domain key}. */
    public static byte[] logSigning(String origin, int domainKeyNumber) {
        return ByteLayout.labelled("kms/log-signing/v1")
                .prefixed(origin)
                .u32(domainKeyNumber)
                .bytes();
    }
}

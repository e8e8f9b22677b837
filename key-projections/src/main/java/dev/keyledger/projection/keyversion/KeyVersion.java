package dev.keyledger.projection.keyversion;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import java.time.Instant;

/** One version of a key and when it was made. */
public record KeyVersion(KeyId keyId, KeyVersionId versionId, Instant createdAt) {}

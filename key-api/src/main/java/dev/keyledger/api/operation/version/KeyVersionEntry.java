package dev.keyledger.api.operation.version;

import dev.keyledger.api.operation.WireTime;
import dev.keyledger.projection.keyversion.KeyVersion;

/** One key version, as the protocol spells it. */
record KeyVersionEntry(String keyId, String keyVersionId, String creationDate) {

    static KeyVersionEntry of(KeyVersion version) {
        return new KeyVersionEntry(
                version.keyId().value(), version.versionId().toString(), WireTime.of(version.createdAt()));
    }
}

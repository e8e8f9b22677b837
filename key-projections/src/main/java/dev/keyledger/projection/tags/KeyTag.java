package dev.keyledger.projection.tags;

import dev.keyledger.cmk.KeyId;

/** One tag of one key. */
public record KeyTag(KeyId keyId, String tagKey, String tagValue) {}

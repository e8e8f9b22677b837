package dev.keyledger.projection.aliasindex;

import dev.keyledger.alias.AliasName;
import dev.keyledger.cmk.KeyId;

/** An alias and the key it names. */
public record AliasEntry(AliasName name, KeyId keyId) {}

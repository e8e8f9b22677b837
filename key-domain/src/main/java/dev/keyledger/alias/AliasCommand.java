package dev.keyledger.alias;

import dev.keyledger.cmk.KeyId;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/** What an alias can be told to do. */
public sealed interface AliasCommand {

    AliasName name();

    record CreateAlias(@TargetAggregateIdentifier AliasName name, KeyId keyId) implements AliasCommand {}

    record UpdateAlias(@TargetAggregateIdentifier AliasName name, KeyId keyId) implements AliasCommand {}

    record DeleteAlias(@TargetAggregateIdentifier AliasName name) implements AliasCommand {}
}

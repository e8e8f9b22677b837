package dev.keyledger.alias;

import dev.keyledger.cmk.KeyId;
import java.time.Instant;
import org.axonframework.serialization.Revision;

/** What has happened to an alias. Instants are store time. A deleted alias may be created again in the same stream. */
public sealed interface AliasEvent {

    AliasName name();

    /** When it happened. */
    Instant at();

    @Revision("1")
    record AliasCreated(AliasName name, KeyId keyId, Instant at) implements AliasEvent {}

    /** The alias names another key now. */
    @Revision("1")
    record AliasRepointed(AliasName name, KeyId keyId, Instant at) implements AliasEvent {}

    @Revision("1")
    record AliasDeleted(AliasName name, Instant at) implements AliasEvent {}
}

package dev.keyledger.alias;

import static org.axonframework.modelling.command.AggregateLifecycle.apply;

import dev.keyledger.alias.AliasCommand.CreateAlias;
import dev.keyledger.alias.AliasCommand.DeleteAlias;
import dev.keyledger.alias.AliasCommand.UpdateAlias;
import dev.keyledger.alias.AliasEvent.AliasCreated;
import dev.keyledger.alias.AliasEvent.AliasDeleted;
import dev.keyledger.alias.AliasEvent.AliasRepointed;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyLifecycle;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import dev.keyledger.time.StoreClock;
import java.util.Optional;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateRoot;
import org.axonframework.modelling.command.CreationPolicy;
import org.jspecify.annotations.Nullable;

/**
 * An alias: a name that names at most one key at a time. Its name is its identity, so that no two keys can have it. A deleted alias names
 * nothing; it may be created again, and its stream goes on, hence it is never marked deleted.
 */
@AggregateRoot(type = Alias.TYPE)
public class Alias {

    /** Stored with every event of an alias; a format, never change it. */
    public static final String TYPE = "alias";

    @AggregateIdentifier
    private AliasName name;

    private @Nullable KeyId keyId;

    @SuppressWarnings("NullAway.Init") // The framework replays events into the fields.
    protected Alias() {}

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(CreateAlias command, StoreClock clock, AliasTargets targets) {
        KeyState target = lockTarget(command.keyId(), targets);
        if (keyId != null) {
            throw Refusal.of(ErrorCode.ALIAS_ALREADY_EXISTS);
        }
        require(KeyOperation.CREATE_ALIAS, target);
        apply(new AliasCreated(command.name(), command.keyId(), clock.now()));
    }

    /** Pointing it where it points already succeeds and changes nothing. */
    @CommandHandler
    void handle(UpdateAlias command, StoreClock clock, AliasTargets targets) {
        requireExisting();
        KeyState target = lockTarget(command.keyId(), targets);
        require(KeyOperation.UPDATE_ALIAS, target);
        if (!command.keyId().equals(keyId)) {
            apply(new AliasRepointed(name, command.keyId(), clock.now()));
        }
    }

    @CommandHandler
    void handle(DeleteAlias command, StoreClock clock) {
        requireExisting();
        apply(new AliasDeleted(name, clock.now()));
    }

    private static KeyState lockTarget(KeyId keyId, AliasTargets targets) {
        return targets.lockState(keyId).orElseThrow(() -> Refusal.of(ErrorCode.KEY_NOT_FOUND));
    }

    private static void require(KeyOperation operation, KeyState target) {
        Optional<ErrorCode> refusal = KeyLifecycle.refusalOf(operation, target);
        if (refusal.isPresent()) {
            throw Refusal.of(refusal.get()).because(operation.action() + " for a key in state " + target);
        }
    }

    private void requireExisting() {
        if (keyId == null) {
            throw Refusal.of(ErrorCode.ALIAS_NOT_FOUND);
        }
    }

    @EventSourcingHandler
    void on(AliasCreated event) {
        name = event.name();
        keyId = event.keyId();
    }

    @EventSourcingHandler
    void on(AliasRepointed event) {
        keyId = event.keyId();
    }

    @EventSourcingHandler
    void on(AliasDeleted event) {
        keyId = null;
    }
}

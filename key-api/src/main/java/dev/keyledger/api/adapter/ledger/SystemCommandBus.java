package dev.keyledger.api.adapter.ledger;

import dev.keyledger.alias.AliasCommand;
import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.projection.aliasindex.AliasQueries;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.CommandCallback;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.commandhandling.GenericCommandResultMessage;
import org.axonframework.common.Registration;
import org.axonframework.messaging.MessageDispatchInterceptor;
import org.axonframework.messaging.MessageHandler;
import org.axonframework.messaging.MessageHandlerInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * The command bus of the system itself: what sagas and the reconciler send. Each command runs in a ledger transaction of its own on another
 * thread, because the sender may hold a transaction and row locks of its own saga, and has an audit record of its own.
 */
public final class SystemCommandBus implements CommandBus {

    private final LedgerTransaction ledger;
    private final Audit audit;
    private final AliasQueries aliases;
    private final Quarantine quarantine;
    private final ExecutorService executor;

    public SystemCommandBus(
            LedgerTransaction ledger, Audit audit, AliasQueries aliases, Quarantine quarantine, int threads) {
        this.ledger = ledger;
        this.audit = audit;
        this.aliases = aliases;
        this.quarantine = quarantine;
        this.executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "system-command");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public <C, R> void dispatch(CommandMessage<C> command, CommandCallback<? super C, ? super R> callback) {
        executor.execute(() -> {
            try {
                @SuppressWarnings(
                        "unchecked") // The handler's result type is the sender's claim, as in every command bus.
                R result = (R) execute(command.getPayload());
                callback.onResult(command, new GenericCommandResultMessage<>(result));
            } catch (RuntimeException | Error failure) {
                callback.onResult(command, new GenericCommandResultMessage<>(failure));
            }
        });
    }

    @Override
    public <C> void dispatch(CommandMessage<C> command) {
        dispatch(command, (message, result) -> {});
    }

    /** Runs the command now and waits for its end. */
    public @Nullable Object execute(Object command) {
        // Not a refusal to be recorded: nobody asked, and a timer comes again.
        quarantine.requireNone();
        AuditDraft draft = AuditDraft.ofSystem(
                UUID.randomUUID().toString(), command.getClass().getSimpleName());
        if (command instanceof KeyCommand key) {
            draft.keyId(key.keyId());
        }
        try {
            return ledger.nudge(draft, streams(command), commands -> {
                Object result = commands.send(command);
                if (command instanceof KeyCommand.DestroyKey destroy && Boolean.TRUE.equals(result)) {
                    // Aliases go with their key. None can appear meanwhile: a key pending deletion takes no alias.
                    aliases.namesOf(destroy.keyId()).forEach(name -> commands.send(new AliasCommand.DeleteAlias(name)));
                }
                return result;
            });
        } catch (Refusal refused) {
            if (refused.code() == ErrorCode.KEY_NOT_FOUND && isNudge(command)) {
                // The key was destroyed meanwhile: nothing is left to be done, and nothing was.
                return false;
            }
            audit.record(draft.internalReason(refused.reason()), Outcome.of(refused.code()));
            throw refused;
        } catch (RuntimeException failed) {
            audit.record(
                    draft.internalReason(failed.getClass().getSimpleName()), Outcome.of(ErrorCode.INTERNAL_FAILURE));
            throw failed;
        }
    }

    private static List<String> streams(Object command) {
        if (command instanceof KeyCommand key) {
            return List.of(key.keyId().value());
        }
        return command instanceof AliasCommand alias ? List.of(alias.name().value()) : List.of();
    }

    private static boolean isNudge(Object command) {
        return command instanceof KeyCommand.ExpireKeyMaterial
                || command instanceof KeyCommand.DestroyKey
                || command instanceof KeyCommand.GiveExpiryNotice
                || command instanceof KeyCommand.GiveDeletionNotice;
    }

    /** Lets running commands end and takes no more. */
    public void stop() throws InterruptedException {
        executor.shutdown();
        if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
            executor.shutdownNow();
        }
    }

    @Override
    public Registration subscribe(String commandName, MessageHandler<? super CommandMessage<?>> handler) {
        throw new UnsupportedOperationException("handlers belong to the ledger's own bus");
    }

    @Override
    public Registration registerDispatchInterceptor(
            MessageDispatchInterceptor<? super CommandMessage<?>> dispatchInterceptor) {
        throw new UnsupportedOperationException("interceptors belong to the ledger's own bus");
    }

    @Override
    public Registration registerHandlerInterceptor(
            MessageHandlerInterceptor<? super CommandMessage<?>> handlerInterceptor) {
        throw new UnsupportedOperationException("interceptors belong to the ledger's own bus");
    }
}

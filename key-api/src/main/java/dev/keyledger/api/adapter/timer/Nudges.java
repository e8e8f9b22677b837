package dev.keyledger.api.adapter.timer;

import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.refusal.Refusal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commands that make up for lost deadlines: sent together, waited for, and none that fails holds up another. */
final class Nudges {

    private static final Logger LOG = LoggerFactory.getLogger(Nudges.class);

    /** No transaction of the service lives longer; a command may wait for one before its own. */
    private static final Duration LONGEST_COMMAND = Duration.ofSeconds(60);

    private final CommandGateway commands;

    Nudges(CommandGateway commands) {
        this.commands = commands;
    }

    /** Sends them all and waits for the end of each. */
    void send(List<? extends KeyCommand> nudges) throws InterruptedException {
        Map<KeyCommand, CompletableFuture<Object>> sent = new LinkedHashMap<>();
        nudges.forEach(nudge -> sent.put(nudge, commands.send(nudge)));
        for (Map.Entry<KeyCommand, CompletableFuture<Object>> each : sent.entrySet()) {
            String name = each.getKey().getClass().getSimpleName();
            try {
                each.getValue().get(LONGEST_COMMAND.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                LOG.warn("{} of key {} failed: {}", name, each.getKey().keyId(), kind(failed.getCause()));
            } catch (TimeoutException stuck) {
                LOG.warn("{} of key {} did not end in time", name, each.getKey().keyId());
            }
        }
    }

    private static String kind(@Nullable Throwable failure) {
        return failure instanceof Refusal refusal
                ? refusal.code().toString()
                : failure == null ? "unknown" : failure.getClass().getSimpleName();
    }
}

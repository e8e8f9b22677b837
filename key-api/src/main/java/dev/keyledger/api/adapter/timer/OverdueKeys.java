package dev.keyledger.api.adapter.timer;

import dev.keyledger.cmk.DestructionHold;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds keys whose material is past its expiry or whose deletion is due, and commands what a lost deadline did not. The aggregates decide;
 * a key that refuses or fails holds up no other.
 */
@Component
class OverdueKeys implements Upkeep {

    private static final Logger LOG = LoggerFactory.getLogger(OverdueKeys.class);

    private static final int BATCH = 500;

    /** No transaction of the service lives longer; a command may wait for one before its own. */
    private static final Duration LONGEST_COMMAND = Duration.ofSeconds(60);

    private final JdbcClient jdbc;
    private final CommandGateway commands;
    private final DestructionHold hold;

    OverdueKeys(JdbcClient jdbc, CommandGateway commands, DestructionHold hold) {
        this.jdbc = jdbc;
        this.commands = commands;
        this.hold = hold;
    }

    /** A key and since when it has been due. */
    private record Overdue(KeyId keyId, Instant since) {

        /** Before every key. */
        static final Overdue FIRST = new Overdue(KeyId.of(new UUID(0, 0)), Instant.EPOCH);
    }

    @Override
    public String name() {
        return "overdue-keys";
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public boolean followsStoreTime() {
        return true;
    }

    @Override
    public void run() throws InterruptedException {
        work("expires_at", KeyCommand.ExpireKeyMaterial::new);
        if (!hold.active()) {
            work("delete_at", KeyCommand.DestroyKey::new);
        }
    }

    private void work(String column, Function<KeyId, KeyCommand> command) throws InterruptedException {
        List<Overdue> batch;
        Overdue last = Overdue.FIRST;
        do {
            batch = overdue(column, last);
            nudge(batch, command);
            last = batch.isEmpty() ? last : batch.get(batch.size() - 1);
        } while (batch.size() == BATCH);
    }

    /** Pages by position, not by what is left: keys that cannot be worked off would otherwise fill every page. */
    private List<Overdue> overdue(String column, Overdue last) {
        return jdbc.sql("select key_id, " + column + " as since from key_state where " + column
                        + " <= keyledger_now() and (" + column
                        + ", key_id) > (:since, :key) order by " + column + ", key_id limit :limit")
                .param("since", SqlTime.of(last.since()))
                .param("key", last.keyId().asUuid())
                .param("limit", BATCH)
                .query((row, number) ->
                        new Overdue(KeyId.of(row.getObject("key_id", UUID.class)), SqlTime.read(row, "since")))
                .list();
    }

    private void nudge(List<Overdue> batch, Function<KeyId, KeyCommand> command) throws InterruptedException {
        Map<KeyId, CompletableFuture<Object>> sent = new LinkedHashMap<>();
        for (Overdue key : batch) {
            sent.put(key.keyId(), commands.send(command.apply(key.keyId())));
        }
        for (Map.Entry<KeyId, CompletableFuture<Object>> each : sent.entrySet()) {
            try {
                each.getValue().get(LONGEST_COMMAND.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                LOG.warn("overdue key {} could not be worked off: {}", each.getKey(), kind(failed.getCause()));
            } catch (TimeoutException stuck) {
                LOG.warn("overdue key {} was not worked off in time", each.getKey());
            }
        }
    }

    private static String kind(@Nullable Throwable failure) {
        return failure instanceof Refusal refusal
                ? refusal.code().toString()
                : failure == null ? "unknown" : failure.getClass().getSimpleName();
    }
}

package dev.keyledger.api.adapter.timer;

import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.cmk.DestructionHold;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.SqlTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds keys whose material is past its expiry or whose deletion is due, and commands what a lost deadline did not. The aggregates decide;
 * a key that refuses or fails holds up no other. In quarantine nothing is commanded.
 */
@Component
class OverdueKeys implements Upkeep {

    private static final int BATCH = 500;

    private final JdbcClient jdbc;
    private final Nudges nudges;
    private final DestructionHold hold;
    private final Quarantine quarantine;

    OverdueKeys(JdbcClient jdbc, CommandGateway commands, DestructionHold hold, Quarantine quarantine) {
        this.jdbc = jdbc;
        this.nudges = new Nudges(commands);
        this.hold = hold;
        this.quarantine = quarantine;
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
        if (quarantine.why().isPresent()) {
            return;
        }
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
            nudges.send(batch.stream().map(Overdue::keyId).map(command).toList());
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
}

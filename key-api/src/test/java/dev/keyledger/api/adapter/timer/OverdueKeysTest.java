package dev.keyledger.api.adapter.timer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.ExpireKeyMaterial;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.commandhandling.gateway.DefaultCommandGateway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OverdueKeysTest {

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final TestStore store = new TestStore();
    private final List<KeyCommand> sent = new ArrayList<>();
    private final Quarantine quarantine = new Quarantine(new SimpleMeterRegistry());
    private boolean held;
    private Set<KeyId> refusing = Set.of();

    private final OverdueKeys upkeep = new OverdueKeys(
            store.sql(), DefaultCommandGateway.builder().commandBus(bus()).build(), () -> held, quarantine);

    /** A bus that remembers what it was told, in place of aggregates. */
    private CommandBus bus() {
        CommandBus bus = SimpleCommandBus.builder().build();
        for (Class<?> type : List.of(ExpireKeyMaterial.class, DestroyKey.class)) {
            var unused = bus.subscribe(type.getName(), message -> {
                KeyCommand command = (KeyCommand) message.getPayload();
                sent.add(command);
                if (refusing.contains(command.keyId())) {
                    throw Refusal.of(ErrorCode.INTERNAL_FAILURE);
                }
                return true;
            });
        }
        return bus;
    }

    @AfterEach
    void close() {
        store.close();
    }

    private KeyId key(@Nullable Instant expiresAt, @Nullable Instant deleteAt) {
        UUID id = UUID.randomUUID();
        store.sql()
                .sql("""
                        insert into key_state (key_id, version, state, origin, key_spec, key_usage, protection_level, description,
                            creator, created_at, expires_at, delete_at, deletion_protection, deletion_protection_description)
                        values (:key, 1, :state, 'EXTERNAL', 'Aliyun_AES_256', 'ENCRYPT/DECRYPT', 'SOFTWARE', '', '1',
                            now(), :expiresAt, :deleteAt, false, '')
                        """)
                .param("key", id)
                .param("state", deleteAt == null ? "Enabled" : "PendingDeletion")
                .param("expiresAt", SqlTime.ofNullable(expiresAt))
                .param("deleteAt", SqlTime.ofNullable(deleteAt))
                .update();
        return KeyId.of(id);
    }

    @Test
    void only_what_is_due_by_store_time_is_commanded() throws InterruptedException {
        KeyId expired = key(now.minusSeconds(1), null);
        KeyId due = key(null, now.minusSeconds(1));
        KeyId both = key(now.minusSeconds(2), now.minusSeconds(2));
        key(now.plus(Duration.ofDays(1)), null);
        key(null, now.plus(Duration.ofDays(1)));
        key(null, null);

        upkeep.run();

        assertThat(sent)
                .containsExactly(
                        new ExpireKeyMaterial(both),
                        new ExpireKeyMaterial(expired),
                        new DestroyKey(both),
                        new DestroyKey(due));
    }

    @Test
    void a_driven_clock_makes_keys_due() throws InterruptedException {
        KeyId tomorrow = key(now.plus(Duration.ofDays(1)), null);
        upkeep.run();
        assertThat(sent).isEmpty();

        store.sql().sql("update store_clock set \"offset\" = interval '2 days'").update();
        upkeep.run();

        assertThat(sent).containsExactly(new ExpireKeyMaterial(tomorrow));
    }

    @Test
    void nothing_is_destroyed_while_a_hold_is_on() throws InterruptedException {
        KeyId both = key(now.minusSeconds(2), now.minusSeconds(2));
        held = true;

        upkeep.run();

        assertThat(sent).containsExactly(new ExpireKeyMaterial(both));
    }

    @Test
    void nothing_is_commanded_in_quarantine() throws InterruptedException {
        key(now.minusSeconds(2), now.minusSeconds(2));
        quarantine.enter("the store was put back");

        upkeep.run();

        assertThat(sent).isEmpty();
    }

    @Test
    void keys_that_fail_hold_up_no_other_not_even_by_filling_a_batch() throws InterruptedException {
        List<KeyId> failing = new ArrayList<>();
        for (int n = 0; n < 501; n++) {
            failing.add(key(now.minusSeconds(3600), null));
        }
        refusing = Set.copyOf(failing);
        KeyId good = key(now.minusSeconds(1), null);

        upkeep.run();

        assertThat(sent).hasSize(502).contains(new ExpireKeyMaterial(good)).doesNotHaveDuplicates();
    }
}

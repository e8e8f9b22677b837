package dev.keyledger.api.adapter.timer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyCommand.GiveDeletionNotice;
import dev.keyledger.cmk.KeyCommand.GiveExpiryNotice;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.notices.KeyNotices;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.commandhandling.gateway.DefaultCommandGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MissedNoticesTest {

    private final Instant tomorrow = Instant.now().plus(Duration.ofHours(20));
    private final TestStore store = new TestStore();
    private final List<KeyCommand> sent = new ArrayList<>();
    private final Set<KeyId> refusing = new HashSet<>();

    private final Quarantine quarantine = new Quarantine(new SimpleMeterRegistry());

    private MissedNotices upkeep(NoticeLadder ladder) {
        return new MissedNotices(
                store.node("one", KeyNotices.class).getBean(KeyNotices.class),
                ladder,
                DefaultCommandGateway.builder().commandBus(bus()).build(),
                quarantine);
    }

    /** A bus that remembers what it was told, in place of aggregates. */
    private CommandBus bus() {
        CommandBus bus = SimpleCommandBus.builder().build();
        for (Class<?> type : List.of(GiveExpiryNotice.class, GiveDeletionNotice.class)) {
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

    private KeyId key(String kind, Instant due) {
        UUID id = UUID.randomUUID();
        store.sql()
                .sql("insert into key_notice values (:key, :kind, :due, now() - interval '60 days')")
                .param("key", id)
                .param("kind", kind)
                .param("due", SqlTime.of(due))
                .update();
        return KeyId.of(id);
    }

    @Test
    void each_kind_is_told_the_nearest_first() throws InterruptedException {
        KeyId leaving = key("deletion", tomorrow);
        KeyId expiring = key("expiry", tomorrow.minusSeconds(1));

        upkeep(NoticeLadder.DEFAULT).run();

        assertThat(sent).containsExactly(new GiveExpiryNotice(expiring), new GiveDeletionNotice(leaving));
    }

    @Test
    void nothing_is_commanded_in_quarantine() throws InterruptedException {
        key("expiry", tomorrow);
        quarantine.enter("the store was put back");

        upkeep(NoticeLadder.DEFAULT).run();

        assertThat(sent).isEmpty();
    }

    @Test
    void without_a_ladder_nobody_is_told() throws InterruptedException {
        key("expiry", tomorrow);

        upkeep(new NoticeLadder(List.of())).run();

        assertThat(sent).isEmpty();
    }

    @Test
    void keys_that_fail_hold_up_no_other_not_even_by_filling_a_batch() throws InterruptedException {
        for (int n = 0; n < 501; n++) {
            refusing.add(key("expiry", tomorrow.minusSeconds(3_600)));
        }
        KeyId good = key("expiry", tomorrow);

        upkeep(NoticeLadder.DEFAULT).run();

        assertThat(sent).hasSize(502).contains(new GiveExpiryNotice(good)).doesNotHaveDuplicates();
    }
}

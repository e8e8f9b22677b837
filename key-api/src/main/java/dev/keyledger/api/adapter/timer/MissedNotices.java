package dev.keyledger.api.adapter.timer;

import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.projection.notices.KeyNotices;
import dev.keyledger.projection.notices.KeyNotices.DueNotice;
import dev.keyledger.projection.notices.KeyNotices.Kind;
import java.time.Duration;
import java.util.List;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds notices that a lost deadline did not give: after downtime, after a change of the ladder, for keys older than notices, and where the store
 * time was driven. The keys decide; one that fails holds up no other. In quarantine nothing is
 * commanded.
 */
@Component
class MissedNotices implements Upkeep {

    private static final int BATCH = 500;

    private final KeyNotices notices;
    private final NoticeLadder ladder;
    private final Nudges nudges;
    private final Quarantine quarantine;

    MissedNotices(KeyNotices notices, NoticeLadder ladder, CommandGateway commands, Quarantine quarantine) {
        this.notices = notices;
        this.ladder = ladder;
        this.nudges = new Nudges(commands);
        this.quarantine = quarantine;
    }

    @Override
    public String name() {
        return "missed-notices";
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public boolean followsStoreTime() {
        return true;
    }

    /** Pages by position, as {@link OverdueKeys} does and for the same reason. */
    @Override
    public void run() throws InterruptedException {
        if (quarantine.why().isPresent()) {
            return;
        }
        @Nullable DueNotice last = null;
        List<DueNotice> batch;
        do {
            batch = notices.due(ladder, last, BATCH);
            nudges.send(batch.stream().map(MissedNotices::nudge).toList());
            last = batch.isEmpty() ? null : batch.get(batch.size() - 1);
        } while (batch.size() == BATCH);
    }

    private static KeyCommand nudge(DueNotice notice) {
        return notice.kind() == Kind.EXPIRY
                ? new KeyCommand.GiveExpiryNotice(notice.keyId())
                : new KeyCommand.GiveDeletionNotice(notice.keyId());
    }
}

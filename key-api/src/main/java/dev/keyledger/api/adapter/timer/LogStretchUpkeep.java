package dev.keyledger.api.adapter.timer;

import dev.keyledger.projection.auditlog.TimeStretches;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Notes between which instants each full stretch of the audit log lies, so that a range of instants is found without reading the log. */
@Component
class LogStretchUpkeep implements Upkeep {

    private final TimeStretches stretches;

    LogStretchUpkeep(TimeStretches stretches) {
        this.stretches = stretches;
    }

    @Override
    public String name() {
        return "log-stretches";
    }

    /** A stretch fills in a second at the most; those not noted yet are read. */
    @Override
    public Duration every() {
        return Duration.ofSeconds(15);
    }

    @Override
    public void run() throws InterruptedException {
        while (stretches.add()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}

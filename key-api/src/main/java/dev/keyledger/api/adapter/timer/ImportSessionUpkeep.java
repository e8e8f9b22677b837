package dev.keyledger.api.adapter.timer;

import dev.keyledger.api.adapter.vault.ImportSessionPurge;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Destroys the private keys of import tokens that have lapsed. */
@Component
class ImportSessionUpkeep implements Upkeep {

    private final ImportSessionPurge sessions;

    ImportSessionUpkeep(ImportSessionPurge sessions) {
        this.sessions = sessions;
    }

    @Override
    public String name() {
        return "import-sessions";
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
    public void run() {
        sessions.purge();
    }
}

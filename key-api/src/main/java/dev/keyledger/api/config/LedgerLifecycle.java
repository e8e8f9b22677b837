package dev.keyledger.api.config;

import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.Configuration;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.springframework.context.SmartLifecycle;

/** Starts the framework's processors before the web server takes requests, and stops them after it has finished the last one. */
final class LedgerLifecycle implements SmartLifecycle {

    private final Configuration ledger;
    private volatile boolean running;

    LedgerLifecycle(Configuration ledger) {
        this.ledger = ledger;
    }

    @Override
    public void start() {
        // The framework falls back silently when a part is missing; an event that is not stored must be impossible.
        TransactionManager transactions = ledger.getComponent(TransactionManager.class);
        if (transactions == null || transactions instanceof NoTransactionManager) {
            throw new IllegalStateException("the ledger has no transaction manager");
        }
        if (!(ledger.eventBus() instanceof EventStore)) {
            throw new IllegalStateException("the ledger has no event store");
        }
        ledger.start();
        running = true;
    }

    @Override
    public void stop() {
        ledger.shutdown();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        // Below the web server's phases: started before it, stopped after it.
        return 0;
    }
}

package dev.keyledger.api.adapter.subscriber;

import dev.keyledger.extension.event.KeyEvent;
import dev.keyledger.extension.event.KeyEventHandler;
import dev.keyledger.extension.event.NotNowException;
import dev.keyledger.extension.event.Start;
import dev.keyledger.extension.report.Fact;
import dev.keyledger.feed.FeedEvent;
import dev.keyledger.projection.report.PublicFacts;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells the handler of an extension, one event after the other. */
final class HandlerOutlet implements Outlet {

    /** Few: whoever waits for something else says so, and what is wrong with an event stays wrong. */
    static final int ATTEMPTS = 3;

    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final int MOST = 100;

    private final String name;
    private final Start start;
    private final KeyEventHandler handler;

    HandlerOutlet(String name, Start start, KeyEventHandler handler) {
        this.name = name;
        this.start = start;
        this.handler = handler;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        return "handler";
    }

    @Override
    public Start start() {
        return start;
    }

    @Override
    public int most() {
        return MOST;
    }

    @Override
    public void pass(List<FeedEvent> events, Receipts receipts) throws OutletAwayException, InterruptedException {
        Set<String> refused = new HashSet<>();
        for (FeedEvent event : events) {
            if (refused.contains(event.subject())) {
                continue;
            }
            if (!receipts.goOn()) {
                return;
            }
            if (!tell(event, receipts)) {
                refused.add(event.subject());
            }
        }
    }

    /** Whether events of the subject may follow. */
    private boolean tell(FeedEvent event, Receipts receipts) throws OutletAwayException, InterruptedException {
        KeyEvent told = told(event);
        for (int attempt = 1; ; attempt++) {
            Throwable fault = attempt(told);
            if (fault == null) {
                receipts.passed(event);
                return true;
            }
            if (fault instanceof NotNowException away) {
                throw new OutletAwayException(Faults.kind(away));
            }
            if (!receipts.goOn()) {
                // Perhaps only because this node ends: the next one may judge.
                return false;
            }
            if (attempt == ATTEMPTS) {
                receipts.refused(event, Faults.reason(fault), attempt);
                return false;
            }
            receipts.failedOnce();
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis() * attempt);
        }
    }

    private @Nullable Throwable attempt(KeyEvent event) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Libraries that an extension brings look for their parts there.
        thread.setContextClassLoader(handler.getClass().getClassLoader());
        try {
            handler.handle(event);
            return null;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            return failed;
        } finally {
            thread.setContextClassLoader(before);
            // The end of the node is asked for apart; whoever else interrupts is the handler's own affair.
            var unused = Thread.interrupted();
        }
    }

    private static KeyEvent told(FeedEvent event) {
        Fact fact = PublicFacts.of(event);
        return new KeyEvent(
                event.id(),
                event.position().text(),
                event.type(),
                event.revision(),
                event.subject(),
                event.subjectVersion(),
                event.keyIds(),
                event.time(),
                fact.details());
    }

    @Override
    public void close() {
        // A handler has nothing of ours.
    }
}

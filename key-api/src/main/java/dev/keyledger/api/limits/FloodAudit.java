package dev.keyledger.api.limits;

import dev.keyledger.api.adapter.journal.Journal;
import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.time.StoreClock;
import io.github.bucket4j.Bucket;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/**
 * The audit log in a flood. What was refused before anybody was found behind it, and what was throttled, has records of its own up to a rate;
 * beyond that it is counted, and every ten seconds each address and code has one record with its count (ADR 0012). Everything else goes to
 * the journal as it is. Thread-safe.
 */
@Component
@Primary
class FloodAudit implements Audit, SmartLifecycle {

    /** Action of a summary in the audit log. */
    static final String SUMMARY = "FloodSummary";

    /** One address may have so many records of its own: as many as its failures are allowed, so that each of those is seen. */
    private static final Rate SINGLES = Limits.FAILED_AUTHENTICATION;

    /** All addresses together: far below what the journal takes, so that a flood from everywhere leaves room for uses. */
    private static final Rate ALL_SINGLES = new Rate(200, 2_000);

    /** Most addresses with a summary of their own; the others share one without an address. */
    private static final int SOURCES = 1_000;

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(FloodAudit.class);

    private final Audit journal;
    private final StoreClock clock;
    private final Duration window;
    private final Counter summarised;
    private final Buckets singles = new Buckets(SINGLES);
    private final Bucket allSingles = ALL_SINGLES.bucket();
    private final Map<Flood, Long> counts = new ConcurrentHashMap<>();
    private volatile Instant since;
    private volatile @Nullable ScheduledThreadPoolExecutor writer;

    @Autowired
    FloodAudit(Journal journal, StoreClock clock, MeterRegistry registry) {
        this(journal, clock, registry, WINDOW);
    }

    FloodAudit(Audit journal, StoreClock clock, MeterRegistry registry, Duration window) {
        this.journal = journal;
        this.clock = clock;
        this.window = window;
        this.summarised = Counter.builder("keyledger.audit.summarised")
                .description("Requests in a flood that have no audit record of their own and were counted instead")
                .baseUnit("requests")
                .register(registry);
        this.since = Instant.EPOCH;
    }

    /** What is counted together: one address, one ending. */
    private record Flood(String source, Outcome outcome) {}

    @Override
    public void record(AuditDraft draft, Outcome outcome) {
        if (!mayBeCounted(draft, outcome) || single(draft)) {
            journal.record(draft, outcome);
        } else {
            count(draft, outcome);
        }
    }

    @Override
    public void unrecorded(AuditDraft draft, ErrorCode code) {
        count(draft, Outcome.of(code));
    }

    private static boolean mayBeCounted(AuditDraft draft, Outcome outcome) {
        return outcome.error() == ErrorCode.THROTTLING
                || outcome.result() == Outcome.Result.UNAUTHENTICATED
                || (outcome.result() == Outcome.Result.MALFORMED
                        && draft.principal().isEmpty());
    }

    private boolean single(AuditDraft draft) {
        return singles.take(Source.of(draft.sourceIp())) && allSingles.tryConsume(1);
    }

    private void count(AuditDraft draft, Outcome outcome) {
        Flood flood = new Flood(Source.of(draft.sourceIp()), outcome);
        if (!counts.containsKey(flood) && counts.size() >= SOURCES) {
            flood = new Flood("", outcome);
        }
        counts.merge(flood, 1L, Long::sum);
        summarised.increment();
    }

    @Override
    public void start() {
        since = clock.now();
        ScheduledThreadPoolExecutor fresh = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "flood-summaries");
            thread.setDaemon(true);
            return thread;
        });
        var unused =
                fresh.scheduleAtFixedRate(this::summarise, window.toMillis(), window.toMillis(), TimeUnit.MILLISECONDS);
        writer = fresh;
    }

    /** Writes one record for each address and ending that was counted since the last time. */
    synchronized void summarise() {
        Instant from = since;
        Instant to = clock.now();
        since = to;
        for (Flood flood : List.copyOf(counts.keySet())) {
            Long count = counts.remove(flood);
            if (count != null) {
                try {
                    journal.record(summary(flood, count, from, to), flood.outcome());
                } catch (RuntimeException unwritten) {
                    // Counted on, and written with the next ones.
                    counts.merge(flood, count, Long::sum);
                    since = from;
                    LOG.warn(
                            "a summary of {} refused requests could not be written: {}",
                            count,
                            unwritten.getClass().getSimpleName());
                }
            }
        }
    }

    private static AuditDraft summary(Flood flood, long count, Instant from, Instant to) {
        return AuditDraft.ofSystem(UUID.randomUUID().toString(), SUMMARY, flood.source())
                .internalReason("count=" + count + " from=" + from + " to=" + to);
    }

    @Override
    public void stop() {
        ScheduledThreadPoolExecutor current = writer;
        writer = null;
        if (current != null) {
            current.shutdown();
            summarise();
        }
    }

    @Override
    public boolean isRunning() {
        return writer != null;
    }

    /** Started before the web server and stopped after it, so that the last requests are counted too. */
    @Override
    public int getPhase() {
        return 0;
    }
}

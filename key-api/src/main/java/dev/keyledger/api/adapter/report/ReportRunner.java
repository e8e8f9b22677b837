package dev.keyledger.api.adapter.report;

import dev.keyledger.api.extension.Extensions;
import dev.keyledger.projection.report.FollowedReport;
import dev.keyledger.projection.sequencer.IndexHead;
import dev.keyledger.projection.sequencer.IndexListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * This node's part in telling reports what is new. Every node tries every report each second; who has the report's lock for a transaction tells
 * it. The node that numbers the records hears of new ones at once.
 */
@Component
public class ReportRunner implements SmartLifecycle, IndexListener {

    private static final Logger LOG = LoggerFactory.getLogger(ReportRunner.class);

    /** Stopped before the sequencer, and after those whose work is recorded. */
    private static final int PHASE = -1;

    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    private final List<FollowedReport> reports;
    private final DataSource dataSource;
    private volatile List<Follower> followers = List.of();

    ReportRunner(List<FollowedReport> own, Extensions extensions, DataSource dataSource) {
        this.reports = Stream.concat(own.stream(), extensions.reports().stream().map(Extensions.Loaded::report))
                .toList();
        this.dataSource = dataSource;
    }

    /** The reports that this node can tell. */
    public List<String> names() {
        return reports.stream().map(FollowedReport::name).toList();
    }

    /** Has every report look at once, because an operator asked something of one. */
    public void lookAgain() {
        followers.forEach(Follower::wake);
    }

    @Override
    public void grown(IndexHead head) {
        lookAgain();
    }

    @Override
    public void start() {
        List<Follower> fresh = new ArrayList<>();
        reports.forEach(report -> fresh.add(new Follower(report, dataSource)));
        fresh.forEach(Follower::start);
        followers = List.copyOf(fresh);
    }

    @Override
    public void stop() {
        List<Follower> ending = followers;
        followers = List.of();
        ending.forEach(Follower::stop);
        try {
            for (Follower follower : ending) {
                if (!follower.join(LONGEST_END)) {
                    LOG.warn("a report did not end within {} seconds", LONGEST_END.toSeconds());
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return !followers.isEmpty();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}

package dev.keyledger.api.replay;

import dev.keyledger.api.adapter.journal.NodeName;
import dev.keyledger.api.adapter.journal.SystemActs;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.projection.replay.Replay;
import dev.keyledger.projection.replay.ReplayProgress;
import dev.keyledger.projection.replay.ReplayReport;
import dev.keyledger.projection.replay.ReplayReport.ComparedTable;
import dev.keyledger.refusal.ErrorCode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * A replay as an act of the system: its beginning and its end, with what it found, are records of the audit log. One that was killed has no end;
 * the beginning of the next one follows.
 */
public final class StoreReplay {

    static final String START = "StartReplay";
    static final String END = "EndReplay";

    private final DataSource owner;
    private final SystemActs acts;
    private final ReplayProgress progress;

    /**
     * A replay of a store.
     *
     * @param owner connections of the role that owns the schema, without the service's time limits
     */
    public StoreReplay(DataSource owner, ReplayProgress progress) {
        this.owner = owner;
        this.acts = new SystemActs(owner, NodeName.ofThisProcess());
        this.progress = progress;
    }

    /**
     * Runs until it is done.
     *
     * @throws dev.keyledger.projection.replay.ReplayException with a sentence for the operator
     * @throws SQLException if the database cannot be reached any more
     */
    public ReplayReport run(Replay.Task task) throws SQLException {
        String words = (task.compare() ? "verify" : "")
                + (task.compare() && task.exchange() ? " and " : "")
                + (task.exchange() ? "swap" : "")
                + (task.restart() ? ", from event 0" : "");
        acts.record(draft(START, words), Outcome.SUCCESS);
        ReplayReport report;
        try {
            report = new Replay(owner, progress).run(task);
        } catch (SQLException | RuntimeException failed) {
            try {
                acts.record(
                        draft(
                                END,
                                words + ": not finished, " + failed.getClass().getSimpleName()),
                        Outcome.of(ErrorCode.INTERNAL_FAILURE));
            } catch (SQLException unreachable) {
                failed.addSuppressed(unreachable);
            }
            throw failed;
        }
        acts.record(draft(END, words + ": " + summary(task, report)), Outcome.SUCCESS);
        return report;
    }

    private static AuditDraft draft(String action, String words) {
        return AuditDraft.ofSystem(UUID.randomUUID().toString(), action).internalReason(words);
    }

    private static String summary(Replay.Task task, ReplayReport report) {
        List<String> found = new ArrayList<>();
        found.add(report.events() + " events up to place " + report.position());
        if (task.compare()) {
            List<ComparedTable> different = report.tables().stream()
                    .filter(table -> table.differing() > 0)
                    .toList();
            found.add(
                    different.isEmpty()
                            ? "equal"
                            : "different: "
                                    + different.stream()
                                            .map(table -> table.name() + " in " + table.differing() + " rows")
                                            .collect(Collectors.joining(", ")));
        }
        if (!report.parked().isEmpty()) {
            found.add(report.parked().size() + " parked");
        }
        if (task.exchange()) {
            found.add(report.exchanged() ? "exchanged" : "nothing exchanged");
        }
        return String.join("; ", found);
    }
}

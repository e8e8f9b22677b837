package dev.keyledger.projection.replay;

import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.Writes;
import dev.keyledger.projection.replay.ReplayProgress.Step;
import dev.keyledger.projection.replay.ReplayReport.ComparedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.stereotype.Component;

/**
 * Builds all transactional views anew from event 0 beside the live ones, while the service works, and compares or exchanges them (ADR 0020). One
 * at a time on a store.
 */
public final class Replay {

    private static final Sizes SIZES = new Sizes(2_000, 5_000, 10_000);

    private static final String LOCK = "hashtextextended('keyledger.replay', 0)";

    private final DataSource owner;
    private final Function<Writes, List<TransactionalView>> views;
    private final ReplayProgress progress;
    private final Sizes sizes;

    /**
     * How much is done at a time.
     *
     * @param events events in a transaction: as long as it lasts, the audit log's order waits for it (ADR 0015)
     * @param streams streams in a range that is compared at once; a difference is named by its range
     * @param patienceMillis how long to wait for another replay to end: one that was killed may take a moment
     */
    record Sizes(int events, int streams, int patienceMillis) {}

    /**
     * What a replay is to do.
     *
     * @param compare whether live and rebuilt tables are compared
     * @param exchange whether the rebuilt tables become the live ones, unless a key is parked, or a comparison found no difference
     * @param restart whether to begin at event 0 even where an earlier replay could be gone on with
     * @param build what tells versions of the program apart: only the same one goes on
     */
    public record Task(boolean compare, boolean exchange, boolean restart, String build) {}

    /**
     * A replay of the service's own views.
     *
     * @param owner connections of the role that owns the schema, without the service's time limits
     */
    public Replay(DataSource owner, ReplayProgress progress) {
        this(owner, Replay::ofTheService, progress, SIZES);
    }

    /** A replay of some views, each made with what takes its statements. */
    Replay(DataSource owner, Function<Writes, List<TransactionalView>> views, ReplayProgress progress, Sizes sizes) {
        this.owner = owner;
        this.views = views;
        this.progress = progress;
        this.sizes = sizes;
    }

    /** The views as the service has them: found in the same way. */
    static List<TransactionalView> ofTheService(Writes writes) {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.registerBean(Writes.class, () -> writes);
            ClassPathBeanDefinitionScanner scanner = new ClassPathBeanDefinitionScanner(context, false);
            scanner.addIncludeFilter(new AssignableTypeFilter(TransactionalView.class));
            scanner.addExcludeFilter(
                    (type, factory) -> !type.getAnnotationMetadata().hasAnnotation(Component.class.getName()));
            var unused = scanner.scan("dev.keyledger.projection");
            context.refresh();
            return context.getBeansOfType(TransactionalView.class).values().stream()
                    .sorted(Comparator.comparing(view -> view.table().name()))
                    .toList();
        }
    }

    /**
     * Runs until it is done. Killed or broken off, it goes on where it was the next time.
     *
     * @throws ReplayException with a sentence for the operator
     * @throws SQLException if the database cannot be reached any more
     */
    public ReplayReport run(Task task) throws SQLException {
        try (Connection reading = owner.getConnection();
                Connection writing = owner.getConnection()) {
            // The lock is the session's: it goes with us, however we end.
            lock(writing);
            // A crash of the server loses the shadow anyway.
            execute(writing, "set synchronous_commit = off");
            writing.setAutoCommit(false);
            return new Run(task, reading, writing).run();
        }
    }

    private void lock(Connection connection) throws SQLException {
        execute(connection, "set lock_timeout = " + sizes.patienceMillis());
        try {
            execute(connection, "select pg_advisory_lock(" + LOCK + ")");
        } catch (SQLException held) {
            if ("55P03".equals(held.getSQLState())) {
                throw new ReplayException("Another replay of this store is running.", held);
            }
            throw held;
        }
        execute(connection, "reset lock_timeout");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** One run of a replay. */
    private final class Run {

        private final Task task;
        private final Connection writing;
        private final EventReader reader;
        private final Shadow shadow;
        private final ViewHandlers handlers = new ViewHandlers(views);
        private final Map<String, ParkedStream> parked = new HashMap<>();
        /** Those of events that only a comparison has come to so far. */
        private final Map<String, ParkedStream> parkedInPassing = new HashMap<>();

        private final boolean continued;
        private final Rebuild rebuild;

        Run(Task task, Connection reading, Connection writing) throws SQLException {
            this.task = task;
            this.writing = writing;
            this.reader = new EventReader(handlers);
            this.shadow = new Shadow(writing, handlers.tables());
            Shadow.Progress found = task.restart() ? null : shadow.find(task.build());
            this.continued = found != null;
            if (found == null) {
                shadow.make(task.build());
                found = new Shadow.Progress(0, 0);
            }
            parked.putAll(shadow.parked());
            shadow.enter();
            writing.commit();
            this.rebuild = new Rebuild(reading, writing, reader, shadow, parked, found, progress, sizes.events());
        }

        ReplayReport run() throws SQLException {
            rebuild.catchUp();
            Comparison comparison = new Comparison(writing, sizes.streams());
            if (task.compare()) {
                compare(comparison);
            }
            boolean wanted = task.exchange()
                    && (!task.compare() || !comparison.differences().isEmpty());
            boolean exchanged = wanted && new Exchange(writing, handlers.tables(), rebuild, this::nothingParked).run();
            ReplayReport report = report(comparison, exchanged);
            if (!exchanged) {
                shadow.drop();
                writing.commit();
            }
            return report;
        }

        private void compare(Comparison comparison) throws SQLException {
            List<Comparison.Range> ranges = comparison.ranges(handlers.tables());
            for (int i = 0; i < ranges.size(); i++) {
                // So that little is left to be done in the transaction that compares.
                rebuild.catchUp();
                compare(comparison, ranges.get(i));
                progress.at(Step.COMPARE, i + 1L, ranges.size());
            }
        }

        /**
         * One snapshot for the events that came since, for the live rows and for the rebuilt ones. What is written here to bring the rebuilt rows
         * to that snapshot is taken back: events with smaller places may still appear.
         */
        private void compare(Comparison comparison, Comparison.Range range) throws SQLException {
            try {
                execute(writing, "set transaction isolation level repeatable read");
                Map<String, ParkedStream> known = new HashMap<>(parked);
                tail(known);
                comparison.compare(range, known.keySet());
                parkedInPassing.putAll(known);
            } finally {
                writing.rollback();
            }
        }

        /** Brings the shadow to what the present transaction sees. */
        private void tail(Map<String, ParkedStream> known) throws SQLException {
            List<ReplayedEvent> events = reader.read(writing, rebuild.position(), Long.MAX_VALUE, Integer.MAX_VALUE)
                    .events();
            new ShadowWriter(writing).write(events, known, stream -> {});
        }

        /** Does the same; false if any stream cannot be brought there, now or before. */
        private boolean nothingParked() throws SQLException {
            Map<String, ParkedStream> known = new HashMap<>(parked);
            tail(known);
            parkedInPassing.putAll(known);
            return known.isEmpty();
        }

        private ReplayReport report(Comparison comparison, boolean exchanged) {
            List<ComparedTable> tables = task.compare() ? comparison.tables() : List.of();
            Map<String, ParkedStream> all = new HashMap<>(parkedInPassing);
            all.putAll(parked);
            return new ReplayReport(
                    rebuild.events(),
                    rebuild.position(),
                    continued,
                    tables,
                    comparison.differences(),
                    all.values().stream()
                            .sorted(Comparator.comparing(ParkedStream::globalIndex))
                            .toList(),
                    exchanged);
        }
    }
}

package dev.keyledger.projection.report;

import dev.keyledger.projection.SqlTime;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One transaction of a report: it takes the report's lock, so that one worker of all nodes is at it, and does the next thing there is to do.
 * Records, what is parked of them and the position are committed together. It draws its transaction id with its first write, after the records
 * were read, because the sequencer waits for transactions that are older than its own.
 */
public final class ReportTurn {

    /** Most records of a turn: some ten milliseconds for the service's own reports. */
    public static final int MOST = 500;

    /** So many times {@link #MOST} records are a stretch that a report sees to by itself, which takes as long. */
    private static final int STRETCH = 8;

    /** Records of a turn, from which on the log is a busy one. */
    private static final int MANY = 100;

    /** Parked records at which a report stands still: it would park the whole log. */
    static final int MOST_PARKED = 10_000;

    /** What a turn came to. */
    public enum Outcome {
        /** Another worker has its turn. */
        BUSY,
        /** The report's tables are made for another version, or not at all. */
        NOT_OURS,
        /** Every record that has a place was told before. */
        NOTHING_NEW,
        /** So many records are parked that nothing is told until some are digested or taken out. */
        STANDING,
        /** Told up to the end of the log. */
        UP_TO_DATE,
        /** The same, and it was told so much that the next turn had better wait for as much again. */
        UP_TO_DATE_WITH_MANY,
        /** There is more to do now. */
        MORE
    }

    private record Position(int version, long nextIndex, Optional<Long> retryFrom, boolean rebuild) {}

    private final FollowedReport report;
    private final Connection connection;
    private final int limit;
    private final int mostParked;
    private final ParkedRecords parked;
    private final Digestion digestion;
    private final LogReader reader;

    private ReportTurn(FollowedReport report, Connection connection, int limit, int mostParked) {
        this.report = report;
        this.connection = connection;
        this.limit = limit;
        this.mostParked = mostParked;
        this.parked = new ParkedRecords(connection, report.name());
        this.digestion = new Digestion(report, connection);
        this.reader = new LogReader(connection, report.wantsFacts());
    }

    /**
     * Takes a turn.
     *
     * @param connection commits by itself, before and after
     * @param limit most records, at least 1 and at most {@link #MOST}
     */
    public static Outcome take(FollowedReport report, Connection connection, int limit) throws SQLException {
        return take(report, connection, limit, MOST_PARKED);
    }

    static Outcome take(FollowedReport report, Connection connection, int limit, int mostParked) throws SQLException {
        connection.setAutoCommit(false);
        try {
            Outcome outcome = new ReportTurn(report, connection, limit, mostParked).take();
            connection.commit();
            connection.setAutoCommit(true);
            return outcome;
        } catch (SQLException | RuntimeException | Error failed) {
            undo(connection, failed);
            throw failed;
        }
    }

    private static void undo(Connection connection, Throwable failed) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException gone) {
            failed.addSuppressed(gone);
        }
    }

    private Outcome take() throws SQLException {
        if (!lock()) {
            return Outcome.BUSY;
        }
        Optional<Position> found = position();
        if (found.isEmpty() || found.get().version() != report.version()) {
            return Outcome.NOT_OURS;
        }
        Position position = found.get();
        if (position.rebuild()) {
            beginAgain();
            return Outcome.MORE;
        }
        if (position.retryFrom().isPresent()) {
            retry(position.retryFrom().get());
            return Outcome.MORE;
        }
        return follow(position.nextIndex());
    }

    private boolean lock() throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select pg_try_advisory_xact_lock(hashtextextended(?, 0))")) {
            statement.setString(1, lockName(report.name()));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** What the lock of a report is called. */
    static String lockName(String report) {
        return "keyledger.report " + report;
    }

    private Optional<Position> position() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select version, next_index, retry_from, rebuild from report where name = ?")) {
            statement.setString(1, report.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Position(
                                row.getInt("version"),
                                row.getLong("next_index"),
                                Optional.ofNullable(row.getObject("retry_from", Long.class)),
                                row.getBoolean("rebuild")))
                        : Optional.empty();
            }
        }
    }

    private void beginAgain() throws SQLException {
        for (String table : report.tables()) {
            try (PreparedStatement statement = connection.prepareStatement("truncate table " + table)) {
                statement.execute();
            }
        }
        parked.clear();
        try (PreparedStatement statement = connection.prepareStatement("""
                update report set next_index = 0, first_index = null, read_to = null, retry_from = null, rebuild = false where name = ?
                """)) {
            statement.setString(1, report.name());
            statement.executeUpdate();
        }
    }

    private Outcome follow(long nextIndex) throws SQLException {
        int held = parked.count();
        if (held >= mostParked) {
            return Outcome.STANDING;
        }
        if (held == 0 && report instanceof StretchReport stretches) {
            Optional<Outcome> counted = count(stretches, nextIndex);
            if (counted.isPresent()) {
                return counted.get();
            }
        }
        LogReader.Stretch stretch = reader.from(nextIndex, limit);
        if (stretch.places() == 0) {
            return Outcome.NOTHING_NEW;
        }
        Set<UUID> waiting = held == 0 ? Set.of() : parked.keysBelow(Long.MAX_VALUE);
        if (!tellTogether(stretch.records(), waiting)) {
            Set<UUID> growing = new HashSet<>(waiting);
            for (StoredRecord record : stretch.records()) {
                tell(record, growing);
            }
        }
        moveOn(nextIndex, stretch);
        return outcome(stretch, limit);
    }

    private static Outcome outcome(LogReader.Stretch stretch, int most) {
        if (stretch.places() >= most) {
            return Outcome.MORE;
        }
        return stretch.places() < MANY ? Outcome.UP_TO_DATE : Outcome.UP_TO_DATE_WITH_MANY;
    }

    /** Has the report see to a stretch by itself; empty if it cannot digest something there, and nothing was done. */
    private Optional<Outcome> count(StretchReport stretches, long nextIndex) throws SQLException {
        int most = STRETCH * limit;
        LogReader.Stretch stretch = reader.placesFrom(nextIndex, most);
        if (stretch.places() == 0) {
            return Optional.of(Outcome.NOTHING_NEW);
        }
        if (digestion.attempt(stretches, stretch.from(), stretch.to()).isPresent()) {
            return Optional.empty();
        }
        moveOn(nextIndex, stretch);
        return Optional.of(outcome(stretch, most));
    }

    /** Tells what need not wait, as one; answers whether all of that could be digested. */
    private boolean tellTogether(List<StoredRecord> records, Set<UUID> waiting) throws SQLException {
        Set<UUID> growing = new HashSet<>(waiting);
        List<StoredRecord> free = new ArrayList<>();
        List<StoredRecord> behind = new ArrayList<>();
        for (StoredRecord record : records) {
            if (waits(record.keyIds(), growing)) {
                behind.add(record);
                growing.addAll(record.keyIds());
            } else {
                free.add(record);
            }
        }
        if (digestion.attempt(free).isPresent()) {
            return false;
        }
        for (StoredRecord record : behind) {
            parked.park(record, null);
        }
        return true;
    }

    private static boolean waits(List<UUID> keyIds, Set<UUID> waiting) {
        return keyIds.stream().anyMatch(waiting::contains);
    }

    private void tell(StoredRecord record, Set<UUID> waiting) throws SQLException {
        if (waits(record.keyIds(), waiting)) {
            parked.park(record, null);
            waiting.addAll(record.keyIds());
            return;
        }
        Optional<String> reason = digestion.attempt(List.of(record));
        if (reason.isPresent()) {
            parked.park(record, reason.get());
            waiting.addAll(record.keyIds());
        }
    }

    private void moveOn(long nextIndex, LogReader.Stretch stretch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                update report set next_index = ?, read_to = ?, first_index = coalesce(first_index, ?)
                where name = ? and version = ? and next_index = ?
                """)) {
            statement.setLong(1, stretch.to());
            statement.setObject(2, SqlTime.ofNullable(stretch.readTo()));
            statement.setLong(3, stretch.from());
            statement.setString(4, report.name());
            statement.setInt(5, report.version());
            statement.setLong(6, nextIndex);
            if (statement.executeUpdate() != 1) {
                throw new IllegalStateException("the position moved under the lock");
            }
        }
    }

    /** Tries parked records again in their order, those of keys of which something is still parked excepted. */
    private void retry(long from) throws SQLException {
        List<ParkedRecords.Row> rows = parked.from(from, limit);
        List<Long> places = new ArrayList<>();
        rows.forEach(row -> places.add(row.logIndex()));
        Map<Long, StoredRecord> records =
                reader.at(places).stream().collect(Collectors.toMap(StoredRecord::logIndex, Function.identity()));
        Set<UUID> waiting = parked.keysBelow(from);
        for (ParkedRecords.Row row : rows) {
            StoredRecord record = records.get(row.logIndex());
            if (record == null) {
                // Retention has taken it; nobody can digest it any more.
                parked.release(row.logIndex());
            } else if (waits(row.keyIds(), waiting) || !released(record)) {
                waiting.addAll(row.keyIds());
            }
        }
        try (PreparedStatement statement =
                connection.prepareStatement("update report set retry_from = ? where name = ?")) {
            if (rows.size() < limit) {
                statement.setNull(1, Types.BIGINT);
            } else {
                statement.setLong(1, rows.get(rows.size() - 1).logIndex() + 1);
            }
            statement.setString(2, report.name());
            statement.executeUpdate();
        }
    }

    private boolean released(StoredRecord record) throws SQLException {
        // Taken out first: an operator may be taking it out at this moment, and then it must not count.
        if (!parked.release(record.logIndex())) {
            return true;
        }
        Optional<String> reason = digestion.attempt(List.of(record));
        if (reason.isPresent()) {
            parked.park(record, reason.get());
        }
        return reason.isEmpty();
    }
}

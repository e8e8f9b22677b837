package dev.keyledger.projection.sequencer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One node's time as the one that gives records their numbers, from the moment it raised the epoch until another node does. Numbers are
 * given in the order of record ids and only behind a horizon, so that no record comes in late before one that has its number.
 *
 * <p>A step never waits for other transactions: the caller decides when to take the next one. After any exception the term is over, because
 * what the database did then is not known; the next term finds it in the tables. For one thread.
 */
public final class SequencerTerm {

    /** What a step came to. */
    public enum Outcome {
        /** Every record that was drawn has its number, or never will. */
        NOTHING_NEW,
        /** A transaction that may still bring a record goes on; ask again soon. */
        OLDER_TRANSACTIONS,
        /** Numbers were given, and there are more to give now. */
        MORE_TO_DO,
        /** Numbers were given up to the horizon. */
        UP_TO_DATE,
        /** Another node has raised the epoch. Nothing was written; the term is over. */
        SUPERSEDED
    }

    /**
     * One step.
     *
     * @param records how many records got their number
     * @param events how many events got their place with them
     */
    public record Step(Outcome outcome, int records, int events) {

        private static Step without(Outcome outcome) {
            return new Step(outcome, 0, 0);
        }
    }

    /** Record ids of one transaction: some ten milliseconds of work, and few enough for a transaction that others wait for. */
    static final int CHUNK = 4096;

    private final Connection connection;
    private final int chunk;
    private final long epoch;
    private IndexHead head;
    private @Nullable Horizon horizon;

    private SequencerTerm(Connection connection, int chunk, long epoch, IndexHead head) {
        this.connection = connection;
        this.chunk = chunk;
        this.epoch = epoch;
        this.head = head;
    }

    /**
     * Begins a term, which ends that of whoever had it. Waits for a chunk that one is just writing.
     *
     * @param connection one that commits by itself, and that nobody else uses as long as the term lasts
     */
    public static SequencerTerm begin(Connection connection) throws SQLException {
        return begin(connection, CHUNK);
    }

    static SequencerTerm begin(Connection connection, int chunk) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "update sequencer set epoch = epoch + 1 returning epoch, next_index, last_record_id");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new SequencerTerm(connection, chunk, row.getLong(1), new IndexHead(row.getLong(2), row.getLong(3)));
        }
    }

    /** Number of the term, one more than that of the term before. */
    public long epoch() {
        return epoch;
    }

    /** How far this term knows the order to go. */
    public IndexHead head() {
        return head;
    }

    /** Does the next thing there is to do. */
    public Step step() throws SQLException {
        Horizon limit = horizon;
        if (limit == null) {
            long last = Horizon.lastDrawn(connection);
            if (last <= head.lastRecord()) {
                return Step.without(Outcome.NOTHING_NEW);
            }
            limit = Horizon.at(last, connection);
            horizon = limit;
        }
        if (!limit.isPassed(connection)) {
            return Step.without(Outcome.OLDER_TRANSACTIONS);
        }
        return giveNumbers(Math.min(limit.lastRecord(), head.lastRecord() + chunk), limit);
    }

    private Step giveNumbers(long lastRecord, Horizon limit) throws SQLException {
        IndexHead before = head;
        Optional<Given> given = inTransaction(lastRecord);
        if (given.isEmpty()) {
            return Step.without(Outcome.SUPERSEDED);
        }
        head = given.get().head();
        boolean upToDate = head.lastRecord() == limit.lastRecord();
        if (upToDate) {
            horizon = null;
        }
        return new Step(
                upToDate ? Outcome.UP_TO_DATE : Outcome.MORE_TO_DO,
                Math.toIntExact(head.size() - before.size()),
                given.get().events());
    }

    /** What a transaction gave. */
    private record Given(IndexHead head, int events) {}

    private Optional<Given> inTransaction(long lastRecord) throws SQLException {
        connection.setAutoCommit(false);
        if (!stillOurs()) {
            connection.rollback();
            connection.setAutoCommit(true);
            return Optional.empty();
        }
        Inserted inserted = insert(lastRecord);
        IndexHead after = new IndexHead(head.size() + inserted.records(), lastRecord);
        advance(after);
        connection.commit();
        connection.setAutoCommit(true);
        return Optional.of(new Given(after, inserted.events()));
    }

    /** Whether no other term has begun, and none will before our transaction ends. */
    private boolean stillOurs() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select 1 from sequencer where epoch = ? and next_index = ? and last_record_id = ? for update")) {
            statement.setLong(1, epoch);
            statement.setLong(2, head.size());
            statement.setLong(3, head.lastRecord());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private record Inserted(int records, int events) {}

    /** Gives places to records, and so to the events that they cover. Most records cover none, and are then read once. */
    private Inserted insert(long lastRecord) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                with chunk as materialized (
                    select ? + row_number() over (order by record_id) - 1 as log_index, record_id, recorded_at,
                        nullif(event_ids, '{}') as event_ids, case when event_ids <> '{}' then key_ids end as key_ids
                    from audit_record where record_id > ? and record_id <= ? order by record_id),
                placed as (
                    insert into audit_index (log_index, record_id, recorded_at)
                    select log_index, record_id, recorded_at from chunk order by log_index returning 1),
                told as (
                    insert into feed_event (log_index, part, event_identifier, subject, type, key_ids, occurred_at)
                    select c.log_index, i.part - 1, e.event_identifier, e.aggregate_identifier, e.payload_type,
                        case when e.aggregate_type = 'key' and e.aggregate_identifier ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                            then array[e.aggregate_identifier::uuid] else c.key_ids end,
                        event_instant(e.payload, c.recorded_at)
                    from chunk c
                    cross join lateral unnest(c.event_ids) with ordinality as i (event_identifier, part)
                    join domain_event e on e.event_identifier = i.event_identifier
                    where i.part <= 1000
                    order by c.log_index, i.part
                    on conflict do nothing
                    returning 1)
                select (select count(*) from placed), (select count(*) from told)
                """)) {
            statement.setLong(1, head.size());
            statement.setLong(2, head.lastRecord());
            statement.setLong(3, lastRecord);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Inserted(row.getInt(1), row.getInt(2));
            }
        }
    }

    private void advance(IndexHead after) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "update sequencer set next_index = ?, last_record_id = ? where epoch = ?")) {
            statement.setLong(1, after.size());
            statement.setLong(2, after.lastRecord());
            statement.setLong(3, epoch);
            if (statement.executeUpdate() != 1) {
                throw new IllegalStateException("the row that was locked is not there");
            }
        }
    }
}

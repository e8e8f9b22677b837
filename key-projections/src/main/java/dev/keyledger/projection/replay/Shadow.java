package dev.keyledger.projection.replay;

import dev.keyledger.projection.ViewTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A schema of its own with the views' tables as migrations made the live ones: columns, constraints and indexes under the same names. Handlers
 * name tables without a schema, so the search path alone decides that they write here.
 *
 * <p>How far the replay got and what it parked lie in the same schema and are written in the transactions of the rows. All of it is unlogged: a
 * server that crashes empties it as a whole, and the replay begins anew.
 */
final class Shadow {

    static final String SCHEMA = "keyledger_replay";

    /** The schema that migrations work in. */
    static final String LIVE = "public";

    private final Connection connection;
    private final List<ViewTable> tables;

    Shadow(Connection connection, List<ViewTable> tables) {
        this.connection = connection;
        this.tables = tables;
    }

    /**
     * How far a replay got.
     *
     * @param position place up to which every event was replayed
     * @param events how many those were
     */
    record Progress(long position, long events) {}

    /** Makes the connection's handlers write here. */
    void enter() throws SQLException {
        execute("set search_path = " + SCHEMA + ", " + LIVE);
    }

    /**
     * Finds what an earlier replay left behind, if it can be gone on with.
     *
     * @param build what made it and what is to go on with it must be the same
     * @return null if there is nothing, or nothing of this build
     */
    @Nullable
    Progress find(String build) throws SQLException {
        if (!single("select to_regclass('" + SCHEMA + ".progress') is not null").equals("t")) {
            return null;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("select position, events from " + SCHEMA + ".progress where build = ?")) {
            statement.setString(1, build);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new Progress(row.getLong(1), row.getLong(2)) : null;
            }
        }
    }

    /** Makes everything anew, empty. */
    void make(String build) throws SQLException {
        drop();
        execute("create schema " + SCHEMA);
        execute("create unlogged table " + SCHEMA
                + ".progress (singleton boolean primary key default true check (singleton), build text not null,"
                + " position bigint not null, events bigint not null)");
        execute(
                "create unlogged table " + SCHEMA
                        + ".parked (stream text primary key, global_index bigint not null, event_id text not null, reason text not null)");
        for (ViewTable table : tables) {
            execute("create unlogged table " + in(SCHEMA, table) + " (like " + in(LIVE, table)
                    + " including all excluding indexes)");
            for (String options : texts("select array_to_string(reloptions, ', ') from pg_class where oid = '"
                    + in(LIVE, table) + "'::regclass and reloptions is not null")) {
                execute("alter table " + in(SCHEMA, table) + " set (" + options + ")");
            }
            for (String constraint :
                    texts("select 'constraint ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid)"
                            + " from pg_constraint where conrelid = '" + in(LIVE, table)
                            + "'::regclass and contype in ('p', 'u', 'x') order by conname")) {
                execute("alter table " + in(SCHEMA, table) + " add " + constraint);
            }
            for (String index : texts("select pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid = '"
                    + in(LIVE, table)
                    + "'::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.conrelid = i.indrelid)"
                    + " order by 1")) {
                execute(index.replace(" ON " + in(LIVE, table) + " ", " ON " + in(SCHEMA, table) + " "));
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into " + SCHEMA + ".progress (build, position, events) values (?, 0, 0)")) {
            statement.setString(1, build);
            statement.executeUpdate();
        }
    }

    /** Leaves nothing behind. */
    void drop() throws SQLException {
        execute("drop schema if exists " + SCHEMA + " cascade");
    }

    /** Notes that every event up to a place was replayed; in the transaction of their rows. */
    void advance(long position, int events) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("update " + SCHEMA + ".progress set position = ?, events = events + ?")) {
            statement.setLong(1, position);
            statement.setInt(2, events);
            statement.executeUpdate();
        }
    }

    /** Notes that a stream is parked. */
    void park(ParkedStream stream) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into " + SCHEMA + ".parked (stream, global_index, event_id, reason) values (?, ?, ?, ?)")) {
            statement.setString(1, stream.stream());
            statement.setLong(2, stream.globalIndex());
            statement.setString(3, stream.eventId());
            // The server's texts have no place for the null character.
            statement.setString(4, stream.reason().replace('\0', ' '));
            statement.executeUpdate();
        }
    }

    /** What is parked, by stream, in the order of the events. */
    Map<String, ParkedStream> parked() throws SQLException {
        Map<String, ParkedStream> parked = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select stream, global_index, event_id, reason from " + SCHEMA
                        + ".parked order by global_index")) {
            while (row.next()) {
                parked.put(
                        row.getString(1),
                        new ParkedStream(row.getString(1), row.getLong(2), row.getString(3), row.getString(4)));
            }
        }
        return parked;
    }

    static String in(String schema, ViewTable table) {
        return schema + "." + table.name();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String single(String sql) throws SQLException {
        return texts(sql).get(0);
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }
}

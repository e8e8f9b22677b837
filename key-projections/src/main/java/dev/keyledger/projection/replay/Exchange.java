package dev.keyledger.projection.replay;

import dev.keyledger.projection.ViewTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Puts the rebuilt tables in the place of the live ones, in one short transaction. Whoever changes a key meanwhile waits for it and goes on with
 * the new tables.
 */
final class Exchange {

    /** Below the second after which the server looks for deadlocks: it is us who give way, and not a change that somebody asked for. */
    private static final String LOCK_TIMEOUT = "500ms";

    private static final Set<String> NOT_NOW = Set.of("55P03", "40P01");
    private static final int ATTEMPTS = 100;
    private static final long PAUSE_MILLIS = 250;

    private final Connection connection;
    private final List<ViewTable> tables;
    private final Rebuild rebuild;
    private final Tail tail;

    /** Brings the shadow to what the present transaction sees. */
    @FunctionalInterface
    interface Tail {
        /** Answers whether all streams were brought there; false if one is parked. */
        boolean apply() throws SQLException;
    }

    /**
     * An exchange that has not begun.
     *
     * @param connection owns the tables; does not commit by itself
     */
    Exchange(Connection connection, List<ViewTable> tables, Rebuild rebuild, Tail tail) {
        this.connection = connection;
        this.tables = tables;
        this.rebuild = rebuild;
        this.tail = tail;
    }

    /**
     * Exchanges the tables; the shadow is gone then.
     *
     * @return false if a stream is parked: nothing was exchanged
     * @throws ReplayException if the tables are in use all the time, or belong to somebody else
     */
    boolean run() throws SQLException {
        requireOwner();
        for (ViewTable table : tables) {
            // What was made quickly becomes durable, before anybody has to wait.
            execute("alter table " + Shadow.in(Shadow.SCHEMA, table) + " set logged");
            connection.commit();
            execute("analyze " + Shadow.in(Shadow.SCHEMA, table));
            connection.commit();
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            rebuild.catchUp();
            try {
                return exchange();
            } catch (SQLException busy) {
                connection.rollback();
                if (!NOT_NOW.contains(String.valueOf(busy.getSQLState()))) {
                    throw busy;
                }
                pause();
            }
        }
        throw new ReplayException("The live tables are in use all the time and cannot be exchanged now;"
                + " say the same again later: the replay goes on where it was.");
    }

    private boolean exchange() throws SQLException {
        execute("set local lock_timeout = '" + LOCK_TIMEOUT + "'");
        execute("lock table "
                + tables.stream().map(table -> Shadow.in(Shadow.LIVE, table)).collect(Collectors.joining(", "))
                + " in access exclusive mode");
        if (!tail.apply()) {
            connection.rollback();
            return false;
        }
        List<String> belongings = new ArrayList<>();
        for (ViewTable table : tables) {
            belongings.addAll(belongings(table));
        }
        for (ViewTable table : tables) {
            String live = Shadow.in(Shadow.LIVE, table);
            for (String helper : table.helpers()) {
                execute("delete from " + Shadow.LIVE + "." + helper);
            }
            execute("drop table " + live);
            execute("alter table " + Shadow.in(Shadow.SCHEMA, table) + " set schema " + Shadow.LIVE);
        }
        for (String belonging : belongings) {
            execute(belonging);
        }
        execute("drop schema " + Shadow.SCHEMA + " cascade");
        connection.commit();
        return true;
    }

    /** Statements that give the copy what the table has and it has not: triggers and privileges. */
    private List<String> belongings(ViewTable table) throws SQLException {
        String live = Shadow.in(Shadow.LIVE, table);
        String acl =
                " from pg_class c cross join lateral aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee"
                        + " where c.oid = '%s'::regclass and a.grantee <> c.relowner";
        String role = "coalesce(quote_ident(r.rolname), 'public')";
        List<String> statements =
                new ArrayList<>(texts("select pg_get_triggerdef(oid) from pg_trigger where tgrelid = '" + live
                        + "'::regclass and not tgisinternal order by tgname"));
        statements.addAll(texts("select distinct 'revoke all on " + live + " from ' || " + role
                + acl.formatted(Shadow.in(Shadow.SCHEMA, table))));
        statements.addAll(texts("select 'grant ' || a.privilege_type || ' on " + live + " to ' || " + role
                + " || case when a.is_grantable then ' with grant option' else '' end" + acl.formatted(live)
                + " order by 1"));
        return statements;
    }

    private void requireOwner() throws SQLException {
        for (ViewTable table : tables) {
            if (texts("select 1 from pg_class where oid = '" + Shadow.in(Shadow.LIVE, table)
                            + "'::regclass and relowner = current_user::regrole")
                    .isEmpty()) {
                throw new ReplayException(
                        "The table " + table.name()
                                + " belongs to another role; log in as the role that owns the schema (KEYLEDGER_DB_OWNER_USER).");
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
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

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ReplayException("The replay was interrupted.", interrupted);
        }
    }
}

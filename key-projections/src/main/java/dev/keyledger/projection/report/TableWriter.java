package dev.keyledger.projection.report;

import static dev.keyledger.projection.report.DeclaredTables.quoted;

import dev.keyledger.extension.report.ColumnType;
import dev.keyledger.extension.report.ReportTables;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.report.DeclaredTables.Declared;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tables of one report for the length of one call. Statements that follow each other and differ in their values alone are sent
 * together. What failed once has failed, even if the report catches the exception.
 */
final class TableWriter implements ReportTables, AutoCloseable {

    private final DeclaredTables tables;
    private final Connection connection;
    private @Nullable PreparedStatement open;
    private String openSql = "";
    private @Nullable RuntimeException failure;
    private boolean over;

    TableWriter(DeclaredTables tables, Connection connection) {
        this.tables = tables;
        this.connection = connection;
    }

    /** A statement of a report that the database refused. */
    static final class RefusedStatement extends RuntimeException {

        RefusedStatement(SQLException cause) {
            super("a table of the report could not be read or written", cause);
        }
    }

    @Override
    public void put(String table, Map<String, ?> row) {
        guarded(() -> {
            Declared declared = tables.named(table);
            refuseOthers(row.keySet(), declared, true);
            List<Object> values = keyValues(declared, row);
            declared.others().forEach((column, type) -> values.add(value(column, type, row.get(column))));
            String update = declared.others().keySet().stream()
                    .map(column -> quoted(column) + " = excluded." + quoted(column))
                    .collect(Collectors.joining(", "));
            write(
                    insert(declared, declared.others().keySet())
                            + (update.isEmpty() ? "do nothing" : "do update set " + update),
                    values);
            return true;
        });
    }

    @Override
    public void add(String table, Map<String, ?> key, Map<String, Long> amounts) {
        guarded(() -> {
            Declared declared = tables.named(table);
            refuseOthers(key.keySet(), declared, false);
            if (amounts.isEmpty()) {
                throw new IllegalArgumentException("nothing to add");
            }
            List<Object> values = keyValues(declared, key);
            List<String> columns = new ArrayList<>();
            amounts.forEach((column, amount) -> {
                if (declared.others().get(column) != ColumnType.NUMBER) {
                    throw new IllegalArgumentException(
                            "the table has no column \"" + column + "\" to which a number can be added");
                }
                columns.add(column);
                values.add(Objects.requireNonNull(amount));
            });
            write(
                    insert(declared, columns) + "do update set "
                            + columns.stream()
                                    .map(column -> quoted(column) + " = coalesce(" + declared.sqlName() + "."
                                            + quoted(column) + ", 0) + excluded." + quoted(column))
                                    .collect(Collectors.joining(", ")),
                    values);
            return true;
        });
    }

    @Override
    public void remove(String table, Map<String, ?> key) {
        guarded(() -> {
            Declared declared = tables.named(table);
            refuseOthers(key.keySet(), declared, false);
            write("delete from " + declared.sqlName() + where(declared), keyValues(declared, key));
            return true;
        });
    }

    @Override
    public Optional<Map<String, Object>> find(String table, Map<String, ?> key) {
        return guarded(() -> {
            Declared declared = tables.named(table);
            refuseOthers(key.keySet(), declared, false);
            List<Object> values = keyValues(declared, key);
            flush();
            try (PreparedStatement statement =
                    connection.prepareStatement("select * from " + declared.sqlName() + where(declared))) {
                bind(statement, values);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? Optional.of(read(declared, row)) : Optional.empty();
                }
            }
        });
    }

    /** Sends what is held back, and throws what failed if anything did. */
    void finish() throws SQLException {
        if (failure != null) {
            throw failure;
        }
        flush();
    }

    /** Ends the use of these tables, whatever has happened. */
    @Override
    public void close() throws SQLException {
        over = true;
        if (open != null) {
            open.close();
        }
    }

    /** Work that may fail in the database. */
    @FunctionalInterface
    private interface Work<R> {
        R run() throws SQLException;
    }

    private <R> R guarded(Work<R> work) {
        if (over) {
            throw new IllegalStateException("these tables were for an earlier record");
        }
        try {
            return work.run();
        } catch (SQLException refused) {
            RefusedStatement failed = new RefusedStatement(refused);
            failure = failed;
            throw failed;
        } catch (RuntimeException failed) {
            failure = failed;
            throw failed;
        }
    }

    private void write(String sql, List<Object> values) throws SQLException {
        if (!sql.equals(openSql)) {
            flush();
        }
        PreparedStatement statement = open;
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            open = statement;
            openSql = sql;
        }
        bind(statement, values);
        statement.addBatch();
    }

    private void flush() throws SQLException {
        PreparedStatement statement = open;
        open = null;
        openSql = "";
        if (statement != null) {
            try (statement) {
                statement.executeBatch();
            }
        }
    }

    private static void bind(PreparedStatement statement, List<Object> values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof Missing missing) {
                statement.setNull(i + 1, missing.sqlType());
            } else {
                statement.setObject(i + 1, values.get(i));
            }
        }
    }

    /** Null for a column, whose type the server wants to know. */
    private record Missing(int sqlType) {}

    private static List<Object> keyValues(Declared table, Map<String, ?> key) {
        List<Object> values = new ArrayList<>();
        table.key().forEach((column, type) -> {
            if (key.get(column) == null) {
                throw new IllegalArgumentException("the key has no \"" + column + "\"");
            }
            values.add(value(column, type, key.get(column)));
        });
        return values;
    }

    private static Object value(String column, ColumnType type, @Nullable Object value) {
        if (value == null) {
            return new Missing(
                    switch (type) {
                        case TEXT -> Types.VARCHAR;
                        case NUMBER -> Types.BIGINT;
                        case FLAG -> Types.BOOLEAN;
                        case INSTANT -> Types.TIMESTAMP_WITH_TIMEZONE;
                        case DATE -> Types.DATE;
                        case ID -> Types.OTHER;
                    });
        }
        if (!type.javaType().isInstance(value)) {
            throw new IllegalArgumentException(
                    "the column \"" + column + "\" holds " + type.javaType().getSimpleName() + " and not "
                            + value.getClass().getSimpleName());
        }
        return value instanceof Instant instant ? SqlTime.of(instant) : value;
    }

    private static void refuseOthers(Collection<String> names, Declared table, boolean whole) {
        for (String name : names) {
            if (!table.key().containsKey(name) && !(whole && table.others().containsKey(name))) {
                throw new IllegalArgumentException(
                        "the table has no column \"" + name + "\"" + (whole ? "" : " in its key"));
            }
        }
    }

    private static String insert(Declared table, Collection<String> columns) {
        String key = table.key().keySet().stream().map(DeclaredTables::quoted).collect(Collectors.joining(", "));
        List<String> all = Stream.concat(table.key().keySet().stream(), columns.stream())
                .map(DeclaredTables::quoted)
                .toList();
        return "insert into " + table.sqlName() + " (" + String.join(", ", all) + ") values ("
                + all.stream().map(column -> "?").collect(Collectors.joining(", ")) + ") on conflict (" + key + ") ";
    }

    private static String where(Declared table) {
        return table.key().keySet().stream()
                .map(column -> quoted(column) + " = ?")
                .collect(Collectors.joining(" and ", " where ", ""));
    }

    private static Map<String, Object> read(Declared table, ResultSet row) throws SQLException {
        Map<String, ColumnType> columns = new LinkedHashMap<>(table.key());
        columns.putAll(table.others());
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, ColumnType> column : columns.entrySet()) {
            Object value = read(row, column.getKey(), column.getValue());
            if (value != null) {
                values.put(column.getKey(), value);
            }
        }
        return values;
    }

    private static @Nullable Object read(ResultSet row, String column, ColumnType type) throws SQLException {
        if (type == ColumnType.INSTANT) {
            OffsetDateTime instant = row.getObject(column, OffsetDateTime.class);
            return instant == null ? null : instant.toInstant();
        }
        return type == ColumnType.DATE ? row.getObject(column, LocalDate.class) : row.getObject(column);
    }
}

package dev.keyledger.projection.report;

import dev.keyledger.extension.report.ColumnType;
import dev.keyledger.extension.report.ReportSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of an extension's report, as it describes them. */
final class DeclaredTables implements ReportSchema {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,29}");

    private final String report;
    private final Map<String, Declared> tables = new TreeMap<>();

    DeclaredTables(String report) {
        this.report = report;
    }

    /** A table: names of columns, in their order. */
    final class Declared implements Table {

        private final String sqlName;
        private final Map<String, ColumnType> key = new LinkedHashMap<>();
        private final Map<String, ColumnType> others = new LinkedHashMap<>();

        private Declared(String name) {
            this.sqlName = prefix(report) + name;
        }

        @Override
        public Table key(String column, ColumnType type) {
            return add(key, column, type);
        }

        @Override
        public Table column(String column, ColumnType type) {
            return add(others, column, type);
        }

        private Table add(Map<String, ColumnType> columns, String column, ColumnType type) {
            require(column, "column");
            if (key.containsKey(column) || others.containsKey(column)) {
                throw new IllegalArgumentException("the column \"" + column + "\" is described twice");
            }
            columns.put(column, type);
            return this;
        }

        /** Its name in the database, which needs no quotes: it begins with {@code ext_}. */
        String sqlName() {
            return sqlName;
        }

        Map<String, ColumnType> key() {
            return key;
        }

        Map<String, ColumnType> others() {
            return others;
        }

        private String createStatement() {
            return Stream.concat(
                            key.entrySet().stream()
                                    .map(column ->
                                            quoted(column.getKey()) + " " + sqlType(column.getValue()) + " not null"),
                            others.entrySet().stream()
                                    .map(column -> quoted(column.getKey()) + " " + sqlType(column.getValue())))
                    .collect(Collectors.joining(
                            ", ",
                            "create table " + sqlName + " (",
                            ", primary key ("
                                    + key.keySet().stream()
                                            .map(DeclaredTables::quoted)
                                            .collect(Collectors.joining(", "))
                                    + "))"));
        }
    }

    @Override
    public Table table(String name) {
        require(name, "table");
        Declared table = new Declared(name);
        if (tables.put(name, table) != null) {
            throw new IllegalArgumentException("the table \"" + name + "\" is described twice");
        }
        return table;
    }

    /** Ends the description. */
    void complete() {
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("it has no table");
        }
        tables.forEach((name, table) -> {
            if (table.key.isEmpty()) {
                throw new IllegalArgumentException("the table \"" + name + "\" has no key");
            }
        });
    }

    /** What every table of a report is called first. Names of reports have no underscore, so no two reports meet. */
    static String prefix(String report) {
        return "ext_" + report + "_";
    }

    Declared named(String name) {
        Declared table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("the report has no table \"" + shown(name) + "\"");
        }
        return table;
    }

    List<String> sqlNames() {
        return tables.values().stream().map(Declared::sqlName).toList();
    }

    List<String> createStatements() {
        return tables.values().stream().map(Declared::createStatement).toList();
    }

    /** The whole description as text, for comparing. */
    String layout() {
        return String.join(";\n", createStatements());
    }

    static String quoted(String column) {
        return '"' + column + '"';
    }

    private static void require(String name, String what) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the name of a " + what
                    + " is 1 to 30 lower-case letters, digits and _, beginning with a letter, and not \"" + shown(name)
                    + "\"");
        }
    }

    private static String shown(String name) {
        return name.length() > 64 ? name.substring(0, 64) : name;
    }

    private static String sqlType(ColumnType type) {
        return switch (type) {
            case TEXT -> "text collate \"C\"";
            case NUMBER -> "bigint";
            case FLAG -> "boolean";
            case INSTANT -> "timestamptz";
            case DATE -> "date";
            case ID -> "uuid";
        };
    }
}

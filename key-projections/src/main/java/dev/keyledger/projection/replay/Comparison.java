package dev.keyledger.projection.replay;

import dev.keyledger.projection.ViewTable;
import dev.keyledger.projection.replay.ReplayReport.ComparedTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares live and rebuilt tables, one range of streams at a time, byte for byte: all rows of a range are one text, and its hash is compared. */
final class Comparison {

    private final Connection connection;
    private final int rangeSize;
    private final Map<String, Tally> tallies = new LinkedHashMap<>();
    private final List<Difference> differences = new ArrayList<>();

    /**
     * A comparison that has not begun.
     *
     * @param connection does not commit by itself
     */
    Comparison(Connection connection, int rangeSize) {
        this.connection = connection;
        this.rangeSize = rangeSize;
    }

    /**
     * Streams of one kind from after one to another, with all tables whose rows come from such streams.
     *
     * @param after null for the first range
     * @param upTo null for the last range
     */
    record Range(
            List<ViewTable> tables,
            String type,
            @Nullable String after,
            @Nullable String upTo) {}

    private static final class Tally {
        private long rows;
        private int ranges;
        private long differing;
    }

    /** The rows of a range. */
    private record Rows(long count, String hash) {}

    /**
     * Ranges that hold every identifier there can be. Where they are divided does not matter, so it may be read at any time.
     *
     * @param tables all tables
     */
    List<Range> ranges(List<ViewTable> tables) throws SQLException {
        Map<String, List<ViewTable>> byStream = tables.stream()
                .collect(Collectors.groupingBy(ViewTable::stream, LinkedHashMap::new, Collectors.toList()));
        List<Range> ranges = new ArrayList<>();
        for (List<ViewTable> kind : byStream.values()) {
            ViewTable one = kind.stream()
                    .filter(table -> table.key().equals(List.of(table.stream())))
                    .findFirst()
                    .orElse(kind.get(0));
            String type = type(one);
            @Nullable String after = null;
            for (String division : divisions(one)) {
                ranges.add(new Range(kind, type, after, division));
                after = division;
            }
            ranges.add(new Range(kind, type, after, null));
        }
        connection.commit();
        return ranges;
    }

    private String type(ViewTable table) throws SQLException {
        return text("select format_type(atttypid, atttypmod) from pg_attribute where attrelid = '"
                + Shadow.in(Shadow.SCHEMA, table) + "'::regclass and attname = '" + table.stream() + "'");
    }

    private List<String> divisions(ViewTable table) throws SQLException {
        List<String> divisions = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("select s::text from (select " + table.stream()
                        + " as s, row_number() over (order by " + table.stream() + ") as n from "
                        + Shadow.in(Shadow.SCHEMA, table) + ") t where n % " + rangeSize + " = 0 order by s");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                divisions.add(row.getString(1));
            }
        }
        return divisions;
    }

    /**
     * Compares a range in the caller's transaction, which sees one state of the store and to which the shadow was brought.
     *
     * @param parked streams whose rows are left out, on both sides
     */
    void compare(Range range, Collection<String> parked) throws SQLException {
        for (ViewTable table : range.tables()) {
            Rows live = rows(Shadow.LIVE, table, range, parked);
            Rows rebuilt = rows(Shadow.SCHEMA, table, range, parked);
            Tally tally = tallies.computeIfAbsent(table.name(), name -> new Tally());
            tally.ranges++;
            tally.rows += rebuilt.count();
            if (!live.equals(rebuilt)) {
                Difference difference = difference(table, range, parked);
                tally.differing += difference.count();
                differences.add(difference);
            }
        }
    }

    List<ComparedTable> tables() {
        return tallies.entrySet().stream()
                .map(each -> new ComparedTable(
                        each.getKey(), each.getValue().rows, each.getValue().ranges, each.getValue().differing))
                .toList();
    }

    List<Difference> differences() {
        return differences;
    }

    private Rows rows(String schema, ViewTable table, Range range, Collection<String> parked) throws SQLException {
        String sql = "select count(*), coalesce(md5(string_agg(t::text, E'\\n' order by " + key(table) + ")), '') from "
                + Shadow.in(schema, table) + " t" + where(table, range, parked);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            var unused = bind(statement, 1, range, parked);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Rows(row.getLong(1), row.getString(2));
            }
        }
    }

    private Difference difference(ViewTable table, Range range, Collection<String> parked) throws SQLException {
        String side = "(select concat_ws('/', " + key(table) + ") as k, t::text as t from ";
        String where = where(table, range, parked);
        String sql = "select coalesce(l.k, s.k), l.t, s.t, count(*) over () from " + side
                + Shadow.in(Shadow.LIVE, table) + " t" + where + ") l full join " + side
                + Shadow.in(Shadow.SCHEMA, table) + " t" + where
                + ") s on l.k = s.k where l.t is distinct from s.t order by 1 limit " + Difference.SHOWN;
        List<Difference.Row> rows = new ArrayList<>();
        long count = 0;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            var unused = bind(statement, bind(statement, 1, range, parked), range, parked);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(new Difference.Row(row.getString(1), row.getString(2), row.getString(3)));
                    count = row.getLong(4);
                }
            }
        }
        return new Difference(table.name(), range.after(), range.upTo(), count, rows);
    }

    private static String key(ViewTable table) {
        return String.join(", ", table.key());
    }

    private static String where(ViewTable table, Range range, Collection<String> parked) {
        return " where true"
                + (range.after() == null ? "" : " and " + table.stream() + " > ?::" + range.type())
                + (range.upTo() == null ? "" : " and " + table.stream() + " <= ?::" + range.type())
                + (parked.isEmpty() ? "" : " and " + table.stream() + "::text <> all (?::text[])");
    }

    private static int bind(PreparedStatement statement, int first, Range range, Collection<String> parked)
            throws SQLException {
        int next = first;
        if (range.after() != null) {
            statement.setString(next++, range.after());
        }
        if (range.upTo() != null) {
            statement.setString(next++, range.upTo());
        }
        if (!parked.isEmpty()) {
            statement.setObject(next++, parked.toArray(String[]::new));
        }
        return next;
    }

    private String text(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }
}

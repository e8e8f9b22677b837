package dev.keyledger.bench.fill;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Rows of many requests, loaded together. For one thread. */
final class BulkRows {

    private final Map<StoreTable, CopyText> texts = new EnumMap<>(StoreTable.class);

    void add(List<StoreRow> rows) {
        rows.forEach(row ->
                texts.computeIfAbsent(row.table(), table -> new CopyText()).add(row));
    }

    /** Loads all rows so far in the connection's transaction, table by table. */
    void load(Connection connection) throws SQLException {
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        for (Map.Entry<StoreTable, CopyText> each : texts.entrySet()) {
            byte[] rows = each.getValue().take();
            if (rows.length > 0) {
                try {
                    copy.copyIn(each.getKey().copy(), new ByteArrayInputStream(rows));
                } catch (IOException impossible) {
                    throw new UncheckedIOException(impossible);
                }
            }
        }
    }
}

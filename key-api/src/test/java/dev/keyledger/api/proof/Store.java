package dev.keyledger.api.proof;

import dev.keyledger.db.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What lies in a node's database, read as its owner. */
final class Store {

    private final DriverManagerDataSource dataSource;
    private final JdbcClient jdbc;

    private Store(String url, String user, String password) {
        this.dataSource = new DriverManagerDataSource(url, user, password);
        this.jdbc = JdbcClient.create(dataSource);
    }

    /** The embedded database of a running node, found as an operator finds it. */
    static Store embeddedIn(KeyledgerProcess node) {
        return embeddedIn(node, "keyledger_owner");
    }

    /** The same with the rights of the server's superuser. */
    static Store superuserOf(KeyledgerProcess node) {
        return embeddedIn(node, "postgres");
    }

    private static Store embeddedIn(KeyledgerProcess node, String role) {
        Path postgres = node.dataDirectory().resolve("postgres");
        try {
            String port = Files.readAllLines(postgres.resolve("cluster/postmaster.pid"))
                    .get(3)
                    .strip();
            String password =
                    Files.readString(postgres.resolve(role + ".password")).strip();
            return new Store("jdbc:postgresql://127.0.0.1:" + port + "/keyledger", role, password);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static Store of(TestDatabase database) {
        return new Store(database.url(), database.ownerUser(), database.ownerPassword());
    }

    static Store of(String url, String user, String password) {
        return new Store(url, user, password);
    }

    DriverManagerDataSource dataSource() {
        return dataSource;
    }

    List<Map<String, Object>> rows(String sql) {
        return jdbc.sql(sql).query().listOfRows();
    }

    List<String> texts(String sql) {
        return jdbc.sql(sql).query(String.class).list();
    }

    long count(String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }
}

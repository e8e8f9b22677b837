package dev.keyledger.api.startup;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.api.startup.Settings.Login;
import dev.keyledger.db.EmbeddedPostgres;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The PostgreSQL that holds the store, embedded or external, and how to connect to it.
 *
 * @param url JDBC URL without credentials
 * @param service role of the running service
 * @param owner role that owns the schema; empty when the service's own role does
 * @param embedded the server we started ourselves, or null for an external one
 */
record Database(
        String url,
        Login service,
        Optional<Login> owner,
        @Nullable EmbeddedPostgres embedded) {

    /** No transaction of the service may live longer; the event store's gap timeout is a multiple of it. */
    static final int TRANSACTION_TIMEOUT_SECONDS = 30;

    static Database of(EmbeddedPostgres server) {
        return new Database(
                server.jdbcUrl(),
                new Login(server.serviceUser(), server.servicePassword()),
                Optional.of(new Login(server.ownerUser(), server.ownerPassword())),
                server);
    }

    static Database of(Settings.ExternalDatabase external) {
        return new Database(external.url(), external.service(), external.owner(), null);
    }

    /** Whether append-only tables are enforced by privilege, which needs a service role that does not own the schema. */
    boolean separateOwner() {
        return owner.isPresent() && !owner.get().user().equals(service.user());
    }

    /** The role for migrations and upkeep. */
    Login schemaOwner() {
        return owner.orElse(service);
    }

    /** Unpooled connections of the schema's owner, without the service's time limits. */
    DataSource ownerConnections() {
        Properties properties = commonProperties();
        Login login = schemaOwner();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password());
        return new DriverManagerDataSource(url, properties);
    }

    /** The service's connection pool. */
    HikariDataSource servicePool(int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("keyledger");
        config.setJdbcUrl(url);
        config.setUsername(service.user());
        config.setPassword(service.password());
        Properties properties = commonProperties();
        properties.setProperty("socketTimeout", "15");
        properties.setProperty(
                "options",
                "-c transaction_timeout=" + TRANSACTION_TIMEOUT_SECONDS
                        + "s -c idle_in_transaction_session_timeout=5s -c statement_timeout=10s -c synchronous_commit=on");
        config.setDataSourceProperties(properties);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(2);
        config.setConnectionTimeout(1_000);
        config.setInitializationFailTimeout(10_000);
        return new HikariDataSource(config);
    }

    private static Properties commonProperties() {
        Properties properties = new Properties();
        // By default the driver puts bound values, event payloads among them, into the text of its exceptions.
        properties.setProperty("logServerErrorDetail", "false");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("ApplicationName", "keyledger");
        return properties;
    }
}

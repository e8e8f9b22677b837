package dev.keyledger.api.startup;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.api.startup.Settings.Login;
import dev.keyledger.db.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

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

    private static final int CONNECT_SECONDS = 5;

    /** How long the server may work on a statement of a use, and how long it may be silent: clients give up after ten seconds. */
    private static final int JOURNAL_STATEMENT_SECONDS = 4;

    private static final int JOURNAL_ANSWER_SECONDS = 5;

    /** The same for the ledger: a change that is still told its fate, and no longer. */
    private static final int LEDGER_STATEMENT_SECONDS = 5;

    private static final int LEDGER_ANSWER_SECONDS = 6;

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

    /** How often the embedded server was started again after it had ended by itself; 0 for an external one. */
    long restarts() {
        return embedded == null ? 0 : embedded.restarts();
    }

    /** Whether append-only tables are enforced by privilege, which needs a service role that does not own the schema. */
    boolean separateOwner() {
        return owner.isPresent() && !owner.get().user().equals(service.user());
    }

    /** The role for migrations and upkeep. */
    Login schemaOwner() {
        return owner.orElse(service);
    }

    /** Whether nobody between this node and the server can read along: TLS, or a server on this machine. */
    boolean encrypted() {
        try {
            JdbcClient jdbc = JdbcClient.create(connections(service));
            return jdbc.sql("""
                            select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false)
                                or coalesce(inet_client_addr() << any (array['127.0.0.0/8', '::1/128']::inet[])
                                    or inet_client_addr() = '::1', true)
                            """).query(Boolean.class).single();
        } catch (DataAccessException unknown) {
            return false;
        }
    }

    /**
     * Makes sure that a role can log in.
     *
     * @param setting the setting that names the role, for the sentence
     * @throws StartupFailure if it cannot
     */
    void requireLogin(Login login, String setting) {
        try (Connection connection = connections(login).getConnection()) {
            if (!connection.isValid(CONNECT_SECONDS)) {
                throw new StartupFailure("The database at " + url + " does not answer.");
            }
        } catch (SQLException failed) {
            String state = failed.getSQLState() == null ? "" : failed.getSQLState();
            if (state.startsWith("28")) {
                throw new StartupFailure(
                        "The database at " + url + " refuses the login of the role \"" + login.user() + "\"; check "
                                + setting + " and its password.",
                        failed);
            }
            if (state.equals("3D000")) {
                throw new StartupFailure(
                        "The database named in KEYLEDGER_DB_URL does not exist at " + url + "; create it first.",
                        failed);
            }
            throw new StartupFailure(
                    "The database at " + url
                            + " cannot be reached; check KEYLEDGER_DB_URL and that the server runs and lets this machine in.",
                    failed);
        }
    }

    private DataSource connections(Login login) {
        Properties properties = commonProperties();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password());
        return new DriverManagerDataSource(url, properties);
    }

    /** Unpooled connections of the schema's owner, without the service's time limits. */
    DataSource ownerConnections() {
        return connections(schemaOwner());
    }

    /** One connection of the schema's owner for several steps, without the service's time limits; to be destroyed. */
    SingleConnectionDataSource ownerConnection() {
        Properties properties = commonProperties();
        SingleConnectionDataSource connection = new SingleConnectionDataSource(
                url, schemaOwner().user(), schemaOwner().password(), true);
        connection.setConnectionProperties(properties);
        return connection;
    }

    /** The ledger's connection pool: management of keys, and background work. */
    HikariDataSource ledgerPool(int size) {
        HikariConfig config = pool("keyledger", size, LEDGER_ANSWER_SECONDS, LEDGER_STATEMENT_SECONDS);
        config.setMinimumIdle(2);
        // A cold node opens its connections under the first burst, which takes longer than a second on a busy machine;
        // the
        // vendor's clients wait ten.
        config.setConnectionTimeout(3_000);
        config.setInitializationFailTimeout(10_000);
        return new HikariDataSource(config);
    }

    /**
     * The journal's connection pool. Its few statements are prepared at once: with the ledger's settings the driver would wait for a statement
     * to come five times.
     */
    HikariDataSource journalPool(int size) {
        HikariConfig config = pool("keyledger-journal", size, JOURNAL_ANSWER_SECONDS, JOURNAL_STATEMENT_SECONDS);
        config.addDataSourceProperty("prepareThreshold", "1");
        config.setMinimumIdle(size);
        config.setConnectionTimeout(2_000);
        config.setInitializationFailTimeout(10_000);
        return new HikariDataSource(config);
    }

    /** A session of the service's role that no pool has, for hints: silent for as long as there is nothing to say. */
    Connection hintSession() throws SQLException {
        Properties properties = commonProperties();
        properties.setProperty("user", service.user());
        properties.setProperty("password", service.password());
        // Longer than the driver waits for a hint at a time: a server that is gone without a word is found out by the
        // operating system.
        properties.setProperty("socketTimeout", Integer.toString(LEDGER_ANSWER_SECONDS));
        return DriverManager.getConnection(url, properties);
    }

    private HikariConfig pool(String name, int size, int answerSeconds, int statementSeconds) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url);
        config.setUsername(service.user());
        config.setPassword(service.password());
        Properties properties = commonProperties();
        properties.setProperty("socketTimeout", Integer.toString(answerSeconds));
        // One plan for each statement: all but the listings find rows by key, and planning the journal's statement
        // takes longer than running it.
        properties.setProperty(
                "options",
                "-c transaction_timeout=" + TRANSACTION_TIMEOUT_SECONDS
                        + "s -c idle_in_transaction_session_timeout=3s -c statement_timeout=" + statementSeconds
                        + "s -c synchronous_commit=on -c plan_cache_mode=force_generic_plan");
        config.setDataSourceProperties(properties);
        config.setMaximumPoolSize(size);
        // A connection that an outage cut is found out before it is lent.
        config.setValidationTimeout(1_000);
        return config;
    }

    private static Properties commonProperties() {
        Properties properties = new Properties();
        // By default the driver puts bound values, event payloads among them, into the text of its exceptions.
        properties.setProperty("logServerErrorDetail", "false");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("ApplicationName", "keyledger");
        return properties;
    }
}

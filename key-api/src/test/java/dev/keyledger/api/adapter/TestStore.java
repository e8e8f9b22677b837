package dev.keyledger.api.adapter;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.api.adapter.journal.JournalConnections;
import dev.keyledger.api.adapter.journal.NodeName;
import dev.keyledger.db.EmbeddedPostgres;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;

/** A fresh store and, on request, nodes' worth of adapters over it. Closing it stops them and drops the database. */
public final class TestStore implements AutoCloseable {

    private final TestDatabase database = TestPostgres.freshDatabase();
    private final List<AnnotationConfigApplicationContext> contexts = new ArrayList<>();
    private final List<HikariDataSource> pools = new ArrayList<>();
    private final HikariDataSource pool = newPool();

    private HikariDataSource newPool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername(database.serviceUser());
        config.setPassword(database.servicePassword());
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(0);
        HikariDataSource made = new HikariDataSource(config);
        pools.add(made);
        return made;
    }

    /** Connections of the service's role. */
    public DataSource dataSource() {
        return pool;
    }

    /** SQL with the service's role. */
    public JdbcClient sql() {
        return JdbcClient.create(pool);
    }

    /** SQL with the role that owns the schema. */
    public JdbcClient ownerSql() {
        return JdbcClient.create(
                new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword()));
    }

    /** SQL with the role that may end other roles' sessions. */
    public JdbcClient superuserSql() {
        EmbeddedPostgres server = TestPostgres.server();
        return JdbcClient.create(
                new DriverManagerDataSource(database.url(), server.superuser(), server.superuserPassword()));
    }

    /** Name of the service's role. */
    public String serviceRole() {
        return database.serviceUser();
    }

    /** Runs something in a transaction of its own. */
    public TransactionTemplate transaction() {
        return new TransactionTemplate(new JdbcTransactionManager(pool));
    }

    /** A node with the given components; its life cycle beans are started. */
    public AnnotationConfigApplicationContext node(String name, Class<?>... components) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        // A pool of its own for each node, as in life; the context closes it.
        context.registerBean(HikariDataSource.class, this::newPool);
        context.registerBean(JdbcClient.class, () -> JdbcClient.create(context.getBean(DataSource.class)));
        context.registerBean(
                PlatformTransactionManager.class, () -> new JdbcTransactionManager(context.getBean(DataSource.class)));
        context.registerBean(JournalConnections.class, () -> new JournalConnections(newPool()));
        context.registerBean(MeterRegistry.class, SimpleMeterRegistry::new);
        context.registerBean(NodeName.class, () -> new NodeName(name));
        context.registerBean(SecureRandom.class, () -> new SecureRandom());
        context.registerBean(InstantSource.class, InstantSource::system);
        context.register(Transactions.class);
        context.register(components);
        context.refresh();
        contexts.add(context);
        return context;
    }

    @EnableTransactionManagement(proxyTargetClass = true)
    private static final class Transactions {}

    @Override
    public void close() {
        contexts.forEach(AnnotationConfigApplicationContext::close);
        pools.forEach(HikariDataSource::close);
        database.close();
    }
}

package dev.keyledger.bench;

import dev.keyledger.api.startup.Keyledger;
import dev.keyledger.api.startup.SettingsReader;
import dev.keyledger.bench.load.AccessKeyPair;
import dev.keyledger.bench.load.Endpoint;
import dev.keyledger.bench.load.KmsClient;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.material.RootKeyProvider;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A node inside the test's process on a fresh database. */
public final class LocalNode implements AutoCloseable {

    private static final AccessKeyPair ACCESS_KEY = new AccessKeyPair("LTAIbench", "the-secret-of-the-bench");

    private final TestDatabase database = TestPostgres.freshDatabase();
    private final Keyledger node;

    public LocalNode() {
        node = Keyledger.start(SettingsReader.read(
                Map.of(
                        "KEYLEDGER_HOST", "127.0.0.1",
                        "KEYLEDGER_PORT", "0",
                        "KEYLEDGER_ROOT_KEY", Base64.getEncoder().encodeToString(new byte[32]),
                        "KEYLEDGER_ACCESS_KEY_ID", ACCESS_KEY.id(),
                        "KEYLEDGER_ACCESS_KEY_SECRET", ACCESS_KEY.secret(),
                        "KEYLEDGER_DB_URL", database.url(),
                        "KEYLEDGER_DB_USER", database.serviceUser(),
                        "KEYLEDGER_DB_PASSWORD", database.servicePassword(),
                        "KEYLEDGER_DB_OWNER_USER", database.ownerUser(),
                        "KEYLEDGER_DB_OWNER_PASSWORD", database.ownerPassword()),
                Map.of(),
                List.of()));
    }

    public Endpoint endpoint() {
        return new Endpoint(node.port());
    }

    public AccessKeyPair accessKey() {
        return ACCESS_KEY;
    }

    public KmsClient client() {
        return new KmsClient(endpoint(), ACCESS_KEY);
    }

    public DataSource owner() {
        return new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword());
    }

    public JdbcClient sql() {
        return JdbcClient.create(owner());
    }

    public RootKeyProvider rootKey() {
        return node.context().getBean(RootKeyProvider.class);
    }

    public String account() {
        return node.identity().accountId();
    }

    @Override
    public void close() {
        node.close();
        database.close();
    }
}

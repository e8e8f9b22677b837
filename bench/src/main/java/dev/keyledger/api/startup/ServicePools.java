package dev.keyledger.api.startup;

import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.api.startup.Settings.ExternalDatabase;
import dev.keyledger.api.startup.Settings.Login;
import java.util.Optional;

/** Opens the service's own connection pool and schema for others to measure with; in this package so that they are the service's own and no copies. */
public final class ServicePools {

    private ServicePools() {}

    /** A pool as the service makes it, on a database that exists. */
    public static HikariDataSource open(String url, String user, String password, int size) {
        return Database.of(new ExternalDatabase(url, new Login(user, password), Optional.empty()))
                .ledgerPool(size);
    }

    /** Gives an empty database the service's schema and rights. */
    public static void migrate(String url, String user, String password, String owner, String ownerPassword) {
        Database database = Database.of(
                new ExternalDatabase(url, new Login(user, password), Optional.of(new Login(owner, ownerPassword))));
        Schema.migrate(database, database.ownerConnections());
    }
}

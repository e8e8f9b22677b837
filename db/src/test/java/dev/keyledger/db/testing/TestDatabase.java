package dev.keyledger.db.testing;

/**
 * A database of its own for one test class; dropped when closed.
 *
 * @param url JDBC URL without credentials
 * @param ownerUser role that owns the schema
 * @param ownerPassword its password
 * @param serviceUser role of the running service, with the service's privileges only
 * @param servicePassword its password
 */
public record TestDatabase(
        String url, String ownerUser, String ownerPassword, String serviceUser, String servicePassword)
        implements AutoCloseable {

    @Override
    public void close() {
        TestPostgres.drop(this);
    }

    @Override
    public String toString() {
        return "TestDatabase[" + url + "]";
    }
}

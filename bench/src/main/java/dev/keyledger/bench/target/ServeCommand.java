package dev.keyledger.bench.target;

import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.bench.bare.RowBatches;
import java.nio.file.Path;

/** The main class of the servers that do less than the service; started by {@link ServerProcess} in a JVM of its own. */
final class ServeCommand {

    private ServeCommand() {}

    /**
     * Serves until the process ends.
     *
     * @param arguments the port; for the journal also the database directory, the database, how many transactions may be in flight and from
     *     how many waiting records on
     */
    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        if (arguments.length == 1) {
            BareServer.serve(port, new NoopServlet());
            return;
        }
        int inFlight = Integer.parseInt(arguments[3]);
        int threshold = Integer.parseInt(arguments[4]);
        HikariDataSource pool = new StoreAccess(Path.of(arguments[1]), arguments[2]).servicePool(Math.max(2, inFlight));
        BareServer.serve(port, new JournalServlet(new RowBatches(pool, inFlight, threshold)));
    }
}

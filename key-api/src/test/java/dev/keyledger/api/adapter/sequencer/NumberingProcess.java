package dev.keyledger.api.adapter.sequencer;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;

/** A process that does nothing but give records their numbers, as a node does, until its standard input ends or it is killed. */
public final class NumberingProcess {

    private NumberingProcess() {}

    /** Arguments are the database's URL, a user and a password. */
    public static void main(String[] arguments) throws IOException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[0]);
        config.setUsername(arguments[1]);
        config.setPassword(arguments[2]);
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(3_000);
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("socketTimeout", "6");
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("options", "-c idle_in_transaction_session_timeout=3s -c statement_timeout=5s");
        try (HikariDataSource pool = new HikariDataSource(config)) {
            SequencerRunner runner =
                    new SequencerRunner(pool, List.of(), new SequencerWake(), new SimpleMeterRegistry());
            runner.start();
            while (System.in.read() >= 0) {
                // Nothing is said to it; it ends with whoever started it.
            }
            runner.stop();
        }
    }
}

package dev.keyledger.api.adapter.clock;

import java.time.InstantSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The database's clock read over a connection, this machine's read in between. */
@Component
class JdbcMachineClocks implements MachineClocks {

    private final JdbcClient jdbc;
    private final InstantSource machineClock;

    JdbcMachineClocks(JdbcClient jdbc, InstantSource machineClock) {
        this.jdbc = jdbc;
        this.machineClock = machineClock;
    }

    @Override
    public Reading read() {
        long before = System.nanoTime();
        return jdbc.sql("select clock_timestamp()")
                .query((row, number) -> new Reading(
                        row.getTimestamp(1).toInstant(),
                        machineClock.instant(),
                        before + (System.nanoTime() - before) / 2))
                .single();
    }
}

package dev.keyledger.api.adapter.timer;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Makes the partitions of the coming hours and months and drops nonces that no request can repeat any more. */
@Component
class PartitionUpkeep implements Upkeep {

    private final JdbcClient jdbc;

    PartitionUpkeep(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String name() {
        return "partitions";
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    /** Audit records are partitioned by store time. */
    @Override
    public boolean followsStoreTime() {
        return true;
    }

    @Override
    public void run() {
        jdbc.sql("select maintain_partitions()").query((row, number) -> row).list();
    }
}

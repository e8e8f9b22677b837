package dev.keyledger.api.startup;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts how often the embedded database ended by itself and was started again ({@code keyledger.database.restarts}). */
final class DatabaseRestarts {

    DatabaseRestarts(MeterRegistry registry, Database database) {
        FunctionCounter.builder("keyledger.database.restarts", database, Database::restarts)
                .description("Times the embedded database ended by itself and was started again")
                .baseUnit("restarts")
                .register(registry);
    }
}

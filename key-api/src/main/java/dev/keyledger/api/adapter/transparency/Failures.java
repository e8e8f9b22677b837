package dev.keyledger.api.adapter.transparency;

import java.io.IOException;

/** What may be said of a failure in the log of the service. */
final class Failures {

    private Failures() {}

    /** A file's or a receiver's failure in its own words; of the database only the kind, since its words may quote values. */
    static String text(Exception failed) {
        String kind = failed.getClass().getSimpleName();
        return failed instanceof IOException || failed instanceof BrokenLogException
                ? kind + " " + failed.getMessage()
                : kind;
    }
}

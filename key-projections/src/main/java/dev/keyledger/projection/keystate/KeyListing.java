package dev.keyledger.projection.keystate;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps the listing of all keys fast at any depth: marks divide it into stretches whose length is known. The database counts along; new marks
 * are made here as keys become more. Without them the listing is as right, and slower.
 */
@Component
public class KeyListing {

    /** Keys between two marks: a page is at most so many index entries away from one. */
    static final int STRETCH = 5000;

    private final JdbcClient jdbc;

    KeyListing(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Makes some marks, in a transaction of its own and for some milliseconds to the exclusion of keys that come or go.
     *
     * @return whether there may be more to do now
     */
    public boolean mark() {
        return mark(STRETCH);
    }

    boolean mark(int stretch) {
        return jdbc.sql("select mark_key_listing(:stretch)")
                .param("stretch", stretch)
                .query(Boolean.class)
                .single();
    }
}

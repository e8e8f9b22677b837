package dev.keyledger.api.adapter.feed;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens sessions of the database that only hints are sent and heard over, beside all pools. */
@FunctionalInterface
public interface HintSessions {

    /** A session of its own, which commits by itself and belongs to the caller. */
    Connection open() throws SQLException;
}

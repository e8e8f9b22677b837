package dev.keyledger.api.operation;

import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.projection.Page;

/** {@code PageNumber} (from 1, default 1) and {@code PageSize} (1 to 100, default 10). A page beyond the end is empty. */
public final class Paging {

    private static final int DEFAULT_SIZE = 10;
    private static final int MAX_SIZE = 100;

    private Paging() {}

    /** The page the caller asks for. */
    public static Page.Request read(Parameters parameters) {
        return new Page.Request(
                parameters.intOr("PageNumber", 1, 1, Integer.MAX_VALUE),
                parameters.intOr("PageSize", DEFAULT_SIZE, 1, MAX_SIZE));
    }
}

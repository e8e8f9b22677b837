package dev.keyledger.extension.report;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;

/** What a column holds, and as which Java type it is written and read. */
public enum ColumnType {
    /** {@link String}; {@code text} in the database, ordered by code point. */
    TEXT(String.class),
    /** {@link Long}; {@code bigint}. */
    NUMBER(Long.class),
    /** {@link Boolean}. */
    FLAG(Boolean.class),
    /** {@link Instant}, in whole microseconds; {@code timestamptz}. */
    INSTANT(Instant.class),
    /** {@link LocalDate}. */
    DATE(LocalDate.class),
    /** {@link UUID}. */
    ID(UUID.class);

    private final Class<?> javaType;

    ColumnType(Class<?> javaType) {
        this.javaType = javaType;
    }

    /** The type of its values. */
    public Class<?> javaType() {
        return javaType;
    }
}

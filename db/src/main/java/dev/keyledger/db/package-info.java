/**
 * The store: Flyway migrations (as resources) and the embedded PostgreSQL server that makes a database out of an empty directory.
 * Nothing here knows what the tables mean, and nothing here knows Spring.
 */
@NullMarked
package dev.keyledger.db;

import org.jspecify.annotations.NullMarked;

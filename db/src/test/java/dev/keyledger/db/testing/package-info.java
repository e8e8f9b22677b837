/** A PostgreSQL server for tests, the same one the product embeds, with fresh databases in milliseconds. Shared with the other modules as a test-jar. */
@NullMarked
package dev.keyledger.db.testing;

import org.jspecify.annotations.NullMarked;

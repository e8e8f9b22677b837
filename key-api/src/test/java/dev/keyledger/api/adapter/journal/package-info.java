/** The audit record over a real database: every column, its canonical form, and uses decided by the statement that records them. */
@NullMarked
package dev.keyledger.api.adapter.journal;

import org.jspecify.annotations.NullMarked;

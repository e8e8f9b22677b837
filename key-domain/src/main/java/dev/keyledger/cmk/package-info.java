/** The customer master key: its commands, events, states and the one table that says what may happen when. No Spring, no SQL. */
@NullMarked
package dev.keyledger.cmk;

import org.jspecify.annotations.NullMarked;

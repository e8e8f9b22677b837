/** Store time and machine time as the database has them, and the watch over a clock that jumps. Nothing here decides about a key. */
@NullMarked
package dev.keyledger.api.adapter.clock;

import org.jspecify.annotations.NullMarked;

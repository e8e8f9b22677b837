/** The versions of every key, written in the event's own transaction. */
@NullMarked
package dev.keyledger.projection.keyversion;

import org.jspecify.annotations.NullMarked;

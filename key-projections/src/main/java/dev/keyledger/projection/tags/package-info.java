/** The tags of every key, written in the event's own transaction. */
@NullMarked
package dev.keyledger.projection.tags;

import org.jspecify.annotations.NullMarked;

/** Who is told of events, at the level of what is remembered of it. */
@NullMarked
package dev.keyledger.api.adapter.subscriber;

import org.jspecify.annotations.NullMarked;

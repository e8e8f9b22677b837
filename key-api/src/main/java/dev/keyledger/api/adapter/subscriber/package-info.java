/** Who is told of every event of the feed, by one node at a time and at least once: handlers of extensions, and the broker (ADR 0026). */
@NullMarked
package dev.keyledger.api.adapter.subscriber;

import org.jspecify.annotations.NullMarked;

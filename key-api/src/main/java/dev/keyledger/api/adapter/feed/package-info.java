/** How this node hears that there are new events, for everybody who passes them on (ADR 0023). */
@NullMarked
package dev.keyledger.api.adapter.feed;

import org.jspecify.annotations.NullMarked;

/** Which key an alias names, written in the event's own transaction. */
@NullMarked
package dev.keyledger.projection.aliasindex;

import org.jspecify.annotations.NullMarked;

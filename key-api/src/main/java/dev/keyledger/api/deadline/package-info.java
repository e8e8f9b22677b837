/** Until when a request can be answered. Whoever waits on its behalf waits no longer. */
@NullMarked
package dev.keyledger.api.deadline;

import org.jspecify.annotations.NullMarked;

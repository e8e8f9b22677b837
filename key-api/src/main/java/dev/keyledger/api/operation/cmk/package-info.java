/** The operations on a key itself: its creation, description, states and deletion. Each builds a command or asks a query; none decides a rule. */
@NullMarked
package dev.keyledger.api.operation.cmk;

import org.jspecify.annotations.NullMarked;

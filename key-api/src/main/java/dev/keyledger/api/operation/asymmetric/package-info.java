/** The operations on asymmetric keys, of which there are none. They check what they are given and refuse, so that a client learns of its own mistake first. */
@NullMarked
package dev.keyledger.api.operation.asymmetric;

import org.jspecify.annotations.NullMarked;

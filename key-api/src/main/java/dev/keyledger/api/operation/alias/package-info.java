/** The operations on aliases. An alias is named by the parameter itself; only its target is looked up as a key. */
@NullMarked
package dev.keyledger.api.operation.alias;

import org.jspecify.annotations.NullMarked;

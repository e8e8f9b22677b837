/** The one catalogue of error codes and the one exception by which a rule says no. */
@NullMarked
package dev.keyledger.refusal;

import org.jspecify.annotations.NullMarked;

/** A store that does not hold what its anchor knows: keys are described, and nothing else is done with them (ADR 0019). */
@NullMarked
package dev.keyledger.api.quarantine;

import org.jspecify.annotations.NullMarked;

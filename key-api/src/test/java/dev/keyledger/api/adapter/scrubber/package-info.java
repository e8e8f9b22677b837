/** Holding the whole log against what was signed. */
@NullMarked
package dev.keyledger.api.adapter.scrubber;

import org.jspecify.annotations.NullMarked;

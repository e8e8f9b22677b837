/** Bringing one's own key: import tokens, wrapping keys, and what a client's wrapped material must look like. */
@NullMarked
package dev.keyledger.importing;

import org.jspecify.annotations.NullMarked;

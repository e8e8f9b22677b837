/** What a key was at an instant or at a place in the log: the fold of its events until then, seen at that instant. */
@NullMarked
package dev.keyledger.projection.asof;

import org.jspecify.annotations.NullMarked;

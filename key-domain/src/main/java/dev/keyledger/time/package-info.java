/** Store time: the clock that decides what a key is. Machine time never decides. */
@NullMarked
package dev.keyledger.time;

import org.jspecify.annotations.NullMarked;

/** Store time: the clock that decides what a key is. Machine time never decides. And the digits of written instants. */
@NullMarked
package dev.keyledger.time;

import org.jspecify.annotations.NullMarked;

/** The present state of every key: what DescribeKey shows and what every use is checked against. Written in the event's own transaction. */
@NullMarked
package dev.keyledger.projection.keystate;

import org.jspecify.annotations.NullMarked;

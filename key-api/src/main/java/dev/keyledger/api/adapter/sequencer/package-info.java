/**
 * Which node gives audit records their numbers, and when: one at a time, and another one within seconds when it is gone.
 */
@NullMarked
package dev.keyledger.api.adapter.sequencer;

import org.jspecify.annotations.NullMarked;

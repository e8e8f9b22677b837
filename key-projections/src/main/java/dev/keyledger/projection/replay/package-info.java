/**
 * Builds every transactional view anew from nothing but the events, beside the live ones and under load, compares both row by row, and
 * exchanges them (ADR 0020). Begin with {@link dev.keyledger.projection.replay.Replay}.
 */
@NullMarked
package dev.keyledger.projection.replay;

import org.jspecify.annotations.NullMarked;

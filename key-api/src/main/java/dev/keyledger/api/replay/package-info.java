/** Replays of a whole store from the outside (ADR 0020): what {@code keyledger replay} does, with its records in the audit log. */
@NullMarked
package dev.keyledger.api.replay;

import org.jspecify.annotations.NullMarked;

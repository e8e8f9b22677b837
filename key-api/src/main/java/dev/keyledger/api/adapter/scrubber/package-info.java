/**
 * The scrubber: goes round the whole log, slowly and for ever, and holds what is stored against what was signed, so that a change of an old
 * record, event or tile is found without anybody asking for it (ADR 0022).
 */
@NullMarked
package dev.keyledger.api.adapter.scrubber;

import org.jspecify.annotations.NullMarked;

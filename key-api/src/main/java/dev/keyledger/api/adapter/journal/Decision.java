package dev.keyledger.api.adapter.journal;

import dev.keyledger.projection.keystate.KeySummary;
import org.jspecify.annotations.Nullable;

/**
 * What the database decided and recorded about a request.
 *
 * @param code wire code in the record; empty for success
 * @param described the described key as it was at that moment; null if none was asked for, or it is not there
 */
record Decision(String code, @Nullable KeySummary described) {}

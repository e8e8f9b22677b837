package dev.keyledger.api.adapter.journal;

import dev.keyledger.refusal.ErrorCode;
import java.util.List;

/** The refusals that the statement itself may find, by wire code. */
final class JournalCodes {

    private static final List<ErrorCode> FOUND_BY_STATEMENT = List.of(
            ErrorCode.ACCESS_KEY_NOT_FOUND,
            ErrorCode.ACCESS_KEY_DISABLED,
            ErrorCode.NONCE_USED,
            ErrorCode.KEY_NOT_FOUND,
            ErrorCode.REJECTED_DISABLED,
            ErrorCode.REJECTED_PENDING_DELETION,
            ErrorCode.REJECTED_PENDING_IMPORT);

    private JournalCodes() {}

    static ErrorCode named(String wireCode) {
        for (ErrorCode code : FOUND_BY_STATEMENT) {
            if (code.code().equals(wireCode)) {
                return code;
            }
        }
        throw new IllegalStateException("the statement answers a code that it does not know");
    }
}

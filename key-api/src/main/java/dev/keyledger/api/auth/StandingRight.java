package dev.keyledger.api.auth;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.stereotype.Component;

/** Whether somebody whose request goes on for long may still do what he began. Thread-safe. */
@Component
public class StandingRight {

    private final AccessKeys accessKeys;
    private final Authoriser authoriser;
    private final EventReaderRole readers;

    StandingRight(AccessKeys accessKeys, Authoriser authoriser, EventReaderRole readers) {
        this.accessKeys = accessKeys;
        this.authoriser = authoriser;
        this.readers = readers;
    }

    /**
     * Returns if a reader of events may go on: the access key is there and enabled, and may do what it may.
     *
     * @param action name of the endpoint
     * @throws Refusal if not
     */
    public void requireReader(Caller caller, String action) {
        try (AccessKey key = accessKeys
                .find(caller.accessKeyId(), null)
                .orElseThrow(() -> Refusal.of(ErrorCode.ACCESS_KEY_NOT_FOUND))) {
            if (key.status() != AccessKey.Status.ENABLED || !key.principal().equals(caller.principal())) {
                throw Refusal.of(ErrorCode.ACCESS_KEY_NOT_FOUND);
            }
        }
        authoriser.authorise(caller, action, "*");
        readers.require(caller, action);
    }
}

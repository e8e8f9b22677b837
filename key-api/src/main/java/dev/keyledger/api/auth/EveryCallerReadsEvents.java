package dev.keyledger.api.auth;

import org.springframework.stereotype.Component;

/** As {@link EveryCallerAudits}: who holds an access key may do everything. Policies take the place of this class. */
@Component
final class EveryCallerReadsEvents implements EventReaderRole {

    @Override
    public void require(Caller caller, String action) {
        // Every caller that got here proved to hold an access key, and every access key may do everything.
    }
}

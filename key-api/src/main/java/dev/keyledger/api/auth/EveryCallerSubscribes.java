package dev.keyledger.api.auth;

import org.springframework.stereotype.Component;

/** As {@link EveryCallerAudits}: who reads every event may have it sent. Policies take the place of this class. */
@Component
final class EveryCallerSubscribes implements SubscriberRole {

    @Override
    public void require(Caller caller, String action) {
        // Every caller that got here proved to hold an access key, and every access key may do everything.
    }
}

package dev.keyledger.api.auth;

import org.springframework.stereotype.Component;

/**
 * Allows every act to every authenticated caller: the one principal there is, the holder of the bootstrap access key, may do everything.
 * Policies take the place of this class; everything that must be asked already asks {@link Authoriser}.
 */
@Component
final class AllowAll implements Authoriser {

    @Override
    public void authorise(Caller caller, String action, String resource) {
        // Every caller that got here proved to hold an access key, and every access key may do everything.
    }
}

package dev.keyledger.api.limits;

import java.util.Optional;

/**
 * The rates of a node; what is empty is not limited.
 *
 * @param use of each principal: cryptography with keys
 * @param management of each principal: looking at keys and changing them
 * @param importing of each principal: import parameters and imports
 * @param failedAuthentication of each address: requests that could not be authenticated
 */
public record Limits(
        Optional<Rate> use, Optional<Rate> management, Optional<Rate> importing, Optional<Rate> failedAuthentication) {

    /** Enough for a client with a wrong secret to be noticed, too little to try secrets or to keep the processor busy. */
    public static final Rate FAILED_AUTHENTICATION = new Rate(20, 200);

    /** What holds unless an operator says otherwise. */
    public static final Limits DEFAULT =
            new Limits(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(FAILED_AUTHENTICATION));
}

package dev.keyledger.api.audit;

import dev.keyledger.refusal.ErrorCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a request ended.
 *
 * @param result the class of the ending
 * @param error code that was answered; null exactly if the request succeeded
 */
public record Outcome(Result result, @Nullable ErrorCode error) {

    /** The request was done. */
    public static final Outcome SUCCESS = new Outcome(Result.SUCCESS, null);

    public Outcome {
        if ((result == Result.SUCCESS) != (error == null)) {
            throw new IllegalArgumentException("an error code belongs to every result but success");
        }
    }

    /** An authenticated request that a rule refused, that was denied, or that failed, told apart by the code. */
    public static Outcome of(ErrorCode error) {
        if (error.httpStatus() >= 500) {
            return new Outcome(Result.FAILED, error);
        }
        return new Outcome(error == ErrorCode.NO_PERMISSION ? Result.DENIED : Result.REFUSED, error);
    }

    /** A request that was never authenticated. */
    public static Outcome unauthenticated(ErrorCode error) {
        return new Outcome(error.httpStatus() >= 500 ? Result.FAILED : Result.UNAUTHENTICATED, error);
    }

    /** A request that could not even be read. */
    public static Outcome malformed(ErrorCode error) {
        return new Outcome(error.httpStatus() >= 500 ? Result.FAILED : Result.MALFORMED, error);
    }

    /** Wire code of the error; empty if the request succeeded. */
    public String errorCode() {
        return error == null ? "" : Objects.requireNonNull(error).code();
    }

    /** The class of an ending, as stored. */
    public enum Result {
        SUCCESS,
        /** A rule of the service said no. */
        REFUSED,
        /** The permission system said no. */
        DENIED,
        /** Signature, access key, timestamp or nonce did not hold. */
        UNAUTHENTICATED,
        /** Method, framing or parameters could not be read, or the operation does not exist. */
        MALFORMED,
        /** Something broke; the outcome may be unknown. */
        FAILED
    }
}

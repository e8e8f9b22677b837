package dev.keyledger.extension.report;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a record of the audit log says to others: who did what to which keys, when, and how it ended. Holds nothing secret: no plaintext, no
 * material and nothing derived from it, and not the reasons that are the service's own. Implemented by the service; methods may be added.
 */
public interface LogRecord {

    /** Its place in the log: 0, 1, 2 … in the order in which reports are told. */
    long logIndex();

    /** Store time, in milliseconds. Mostly grows along the log; clocks may have been put back. */
    Instant time();

    /** Id of the request, as answered to the client. */
    UUID requestId();

    /** Name of the operation, {@code Decrypt} for example. */
    String action();

    /** {@code Success}, {@code Refused}, {@code Denied}, {@code Unauthenticated}, {@code Malformed} or {@code Failed}. */
    String outcome();

    /** Code of the refusal or failure; empty exactly for success. */
    Optional<String> errorCode();

    /** Who asked; empty if nobody was authenticated. Acts of the service itself have {@code system}. */
    Optional<String> principal();

    /** Numeric address of the client; empty for acts of the service itself. */
    Optional<String> sourceIp();

    Optional<String> userAgent();

    /** All keys that it touches, the main one first; empty if there are none. */
    List<UUID> keyIds();

    /** For each of {@link #keyIds} the number of its last event as the record saw it; -1 for a key that there is not. */
    List<Long> keyStateVersions();

    /** The version of the key that was used. */
    Optional<UUID> keyVersionId();

    /** The alias by which the caller named the key. */
    Optional<String> aliasUsed();

    /** Why the caller says it did this. */
    Optional<String> callerReason();

    /** Encryption context; of ReEncrypt, the source's; empty for none. */
    Map<String, String> context();

    /** Encryption context of ReEncrypt's destination; empty for none. */
    Map<String, String> destinationContext();

    /** What changed with it, in order; empty for a use, a look and a refusal. */
    List<Fact> facts();
}

package dev.keyledger.api.cli;

import java.util.Map;
import picocli.CommandLine.Option;

/** Why somebody changes something, for whoever reads the audit log later. It is sent signed and as a parameter, so that it may be any text. */
@SuppressWarnings("NullAway.Init") // The command line fills the field.
final class ReasonOption {

    private static final String NAME = "x-keyledger-reason";

    @Option(
            names = "--reason",
            paramLabel = "<text>",
            defaultValue = "",
            description = "Why: recorded with the change in the audit log, at most 256 characters.")
    private String reason;

    void addTo(Map<String, String> parameters) {
        if (!reason.isEmpty()) {
            parameters.put(NAME, reason);
        }
    }
}

package dev.keyledger.api.cli;

/** The server's answer was an error. */
final class ServerRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param status HTTP status
     * @param code the error's code; empty if the answer has none
     * @param explanation the error's message
     * @param requestId by which the audit log has it; empty if the answer has none
     */
    ServerRefusal(int status, String code, String explanation, String requestId) {
        super((code.isEmpty() ? "HTTP status " + status : code)
                + (explanation.isEmpty() ? "" : ": " + explanation)
                + (requestId.isEmpty() ? "" : " (request " + requestId + ")"));
        this.status = status;
    }

    /** HTTP status. */
    int status() {
        return status;
    }
}

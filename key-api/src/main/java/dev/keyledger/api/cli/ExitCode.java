package dev.keyledger.api.cli;

/** What a command ends with; scripts rely on the numbers. */
final class ExitCode {

    static final int OK = 0;

    /** The server refused; its code and message are on standard error. */
    static final int REFUSED = 1;

    /** The command line is wrong; nothing was sent. */
    static final int USAGE = 2;

    /** No server was reached, or its answer was lost: whether the request was carried out is not known. */
    static final int NO_ANSWER = 3;

    /** A fault of this program. */
    static final int FAULT = 70;

    private ExitCode() {}
}

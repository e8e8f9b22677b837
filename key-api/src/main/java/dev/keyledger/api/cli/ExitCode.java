package dev.keyledger.api.cli;

/** What a command ends with; scripts rely on the numbers. */
final class ExitCode {

    static final int OK = 0;

    /** The server refused; its code and message are on standard error. Or a bundle is not what was signed. */
    static final int REFUSED = 1;

    /** The command line is wrong; nothing was sent. */
    static final int USAGE = 2;

    /** No server was reached, or its answer was lost: whether the request was carried out is not known. */
    static final int NO_ANSWER = 3;

    /** Live rows are not what the events say. */
    static final int DIFFERENT = 4;

    /** An event cannot be replayed; its key was not compared. */
    static final int PARKED = 5;
    /** Nothing is wrong with a bundle, but it does not prove what was asked of it. */
    static final int UNPROVED = 4;

    /** A fault of this program. */
    static final int FAULT = 70;

    private ExitCode() {}
}

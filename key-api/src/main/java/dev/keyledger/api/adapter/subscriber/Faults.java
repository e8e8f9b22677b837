package dev.keyledger.api.adapter.subscriber;

import java.sql.SQLException;

/** What may be told of failures: types and places in code. A message may quote an event, or a secret of whoever was called. */
final class Faults {

    private Faults() {}

    /** The type, and where in other people's code it came from. */
    static String reason(Throwable failed) {
        StringBuilder reason = new StringBuilder(failed.getClass().getName());
        for (StackTraceElement frame : failed.getStackTrace()) {
            if (!frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("jdk.")) {
                reason.append(" at ")
                        .append(frame.getClassName())
                        .append('.')
                        .append(frame.getMethodName())
                        .append(':')
                        .append(frame.getLineNumber());
                break;
            }
        }
        return cut(reason.toString());
    }

    /** The types of a failure and of what lies behind it. */
    static String kind(Throwable failed) {
        StringBuilder kind = new StringBuilder(failed.getClass().getSimpleName());
        Throwable cause = failed.getCause();
        for (int depth = 0; cause != null && depth < 4; depth++) {
            kind.append(", ").append(cause.getClass().getSimpleName());
            if (cause instanceof SQLException sql) {
                kind.append(' ').append(sql.getSQLState());
            }
            cause = cause.getCause();
        }
        return cut(kind.toString());
    }

    static String cut(String text) {
        return text.length() > Outlet.MAX_REASON ? text.substring(0, Outlet.MAX_REASON) : text;
    }
}

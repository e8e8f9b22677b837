package dev.keyledger.api.cli;

import dev.keyledger.projection.replay.ReplayProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far a replay is, with its rate and the time that is left: a bar that is drawn over itself on a terminal, and a line now and then
 * elsewhere.
 */
final class ProgressLines implements ReplayProgress, AutoCloseable {

    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final Duration NEXT_LINE = Duration.ofSeconds(10);
    private static final int WIDTH = 30;
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private final PrintWriter err;
    private final boolean terminal;
    private @Nullable Step step;
    private long from;
    private long begun;
    private long shown;
    private boolean open;

    ProgressLines(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /** Bars if standard error is a terminal. */
    static ProgressLines on(PrintWriter err) {
        return new ProgressLines(err, standardErrorIsTerminal());
    }

    /** The platform tells it of standard input and output only, and standard output is the report's. Where nothing tells it, it is none. */
    private static boolean standardErrorIsTerminal() {
        try {
            String device = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    @Override
    public void at(Step now, long done, long of) {
        long nanos = System.nanoTime();
        boolean first = now != step;
        if (first) {
            end();
            step = now;
            from = done;
            begun = nanos;
        }
        boolean last = done >= of;
        if (first || last || nanos - shown >= (terminal ? REDRAW : NEXT_LINE).toNanos()) {
            shown = nanos;
            show(line(now, done, of, (nanos - begun) / 1e9), last);
        }
    }

    private String line(Step now, long done, long of, double seconds) {
        double share = of == 0 ? 1 : Math.min(1, (double) done / of);
        double rate = seconds <= 0 ? 0 : (done - from) / seconds;
        String left = rate <= 0 ? "" : ", " + clock(Math.round((of - done) / rate)) + " left";
        int full = (int) Math.round(share * WIDTH);
        String bar = terminal ? "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] " : "";
        return String.format(
                Locale.ROOT,
                "%s %s%3.0f %%, %,d of %,d %s, %,.0f/s%s",
                now == Step.REBUILD ? "rebuild" : "compare",
                bar,
                share * 100,
                done,
                of,
                now == Step.REBUILD ? "events" : "ranges",
                rate,
                done < of ? left : "");
    }

    private void show(String line, boolean last) {
        if (terminal) {
            // What the line before had more is wiped out.
            err.print("\r" + line + "\u001b[K");
            open = true;
            if (last) {
                end();
            }
        } else {
            err.println(line);
        }
        err.flush();
    }

    private static String clock(long seconds) {
        return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }

    @Override
    public void close() {
        end();
    }

    /** Leaves the line of a bar that stands. */
    void end() {
        if (open) {
            err.println();
            err.flush();
            open = false;
        }
    }
}

package dev.keyledger.bench.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What one run of closed loops measured.
 *
 * @param answers good answers inside the measured time
 * @param faults answers with another status, and connections that broke
 * @param firstFault the first of them, empty without any
 * @param elapsed the measured time
 * @param latencies of the good answers, in nanoseconds, from the writing of the request to the last byte of its answer
 */
public record Measured(long answers, long faults, String firstFault, Duration elapsed, Histogram latencies) {

    /** Good answers a second. */
    public double perSecond() {
        return answers / (elapsed.toNanos() / 1e9);
    }

    /** A percentile of the latencies in milliseconds. */
    public double millisAt(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e6;
    }
}

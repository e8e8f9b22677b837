package dev.keyledger.bench.timing;

import java.util.Arrays;

/** Durations of one class of inputs, in nanoseconds. */
public final class Sample {

    /** The share of the longest durations that is left out: interruptions by the machine, not the code's own time. */
    private static final double TRIMMED = 0.1;

    private final long[] nanos;
    private int count;

    /** Room for so many durations. */
    public Sample(int size) {
        nanos = new long[size];
    }

    /** Adds one. */
    public void add(long duration) {
        nanos[count++] = duration;
    }

    private long[] kept() {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return Arrays.copyOf(sorted, (int) (count * (1 - TRIMMED)));
    }

    /** Mean of what is kept. */
    public double mean() {
        return Arrays.stream(kept()).average().orElse(Double.NaN);
    }

    private static double variance(long[] kept, double mean) {
        double sum = 0;
        for (long each : kept) {
            sum += (each - mean) * (each - mean);
        }
        return sum / (kept.length - 1);
    }

    /**
     * Welch's t between the two means: how many standard errors they are apart. Positive if this one is larger. Beyond 4.5 the difference is
     * taken for real, as in tests of implementations for leakage (ISO/IEC 17825).
     */
    public double welchT(Sample other) {
        long[] mine = kept();
        long[] theirs = other.kept();
        double myMean = mean();
        double theirMean = other.mean();
        double error = Math.sqrt(variance(mine, myMean) / mine.length + variance(theirs, theirMean) / theirs.length);
        return (myMean - theirMean) / error;
    }
}

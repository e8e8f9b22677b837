package dev.keyledger.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One figure over the repetitions of a run. */
public final class Series {

    private final List<Double> values = new ArrayList<>();

    /** Adds a repetition. */
    public void add(double value) {
        values.add(value);
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public double min() {
        return sorted().get(0);
    }

    /** The middle one; of an even number the mean of the two in the middle. */
    public double median() {
        List<Double> sorted = sorted();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    public double max() {
        List<Double> sorted = sorted();
        return sorted.get(sorted.size() - 1);
    }

    private List<Double> sorted() {
        return values.stream().sorted().toList();
    }

    /** Each repetition's figure divided by the same repetition's figure of another series. */
    public Series over(Series other) {
        Series ratios = new Series();
        for (int i = 0; i < values.size(); i++) {
            ratios.add(values.get(i) / other.values.get(i));
        }
        return ratios;
    }

    /** Minimum, median and maximum with so many decimals. */
    public String text(int decimals) {
        String format = "%." + decimals + "f";
        return String.format(Locale.ROOT, format + " / " + format + " / " + format, min(), median(), max());
    }
}

package dev.keyledger.bench.report;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Who used the cores over the repetitions of one measurement. */
public final class SharesSeries {

    /** More than this share of all cores in other hands makes a figure doubtful. */
    private static final double QUIET = 0.05;

    private final Map<String, Series> named = new LinkedHashMap<>();
    private final Series others = new Series();
    private final Series stolen = new Series();

    /** Adds a repetition. */
    public void add(MachineUse.Shares shares) {
        shares.named()
                .forEach((name, share) ->
                        named.computeIfAbsent(name, key -> new Series()).add(100 * share));
        others.add(100 * shares.others());
        stolen.add(100 * shares.stolen());
    }

    /** One row for each measurement, all watched under the same names, and a sentence if the machine was not quiet. */
    public static String table(Map<String, SharesSeries> measurements) {
        if (measurements.isEmpty()) {
            return "";
        }
        SharesSeries first = measurements.values().iterator().next();
        String[] heading = new String[first.named.size() + 3];
        int at = 0;
        heading[at++] = "% of all cores";
        for (String name : first.named.keySet()) {
            heading[at++] = name;
        }
        heading[at++] = "others";
        heading[at] = "stolen";
        Table table = new Table(heading);
        double most = 0;
        for (Map.Entry<String, SharesSeries> each : measurements.entrySet()) {
            SharesSeries shares = each.getValue();
            String[] row = new String[heading.length];
            int cell = 0;
            row[cell++] = each.getKey();
            for (Series series : shares.named.values()) {
                row[cell++] = series.text(0);
            }
            row[cell++] = shares.others.text(0);
            row[cell] = shares.stolen.text(0);
            table.row(row);
            most = Math.max(most, shares.others.max() + shares.stolen.max());
        }
        return table
                + (most > 100 * QUIET
                        ? String.format(
                                Locale.ROOT,
                                "%nTHE MACHINE WAS NOT QUIET: others used up to %.0f %% of its cores; the figures mean little.%n",
                                most)
                        : "");
    }
}

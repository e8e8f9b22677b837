package dev.keyledger.projection.replay;

import java.util.List;

/**
 * What came of a replay.
 *
 * @param events how many events were replayed, since event 0
 * @param position place of the last event up to which everything was replayed
 * @param continued whether it went on where an earlier one had stopped
 * @param tables what was compared, by table; empty if nothing was
 * @param differences in the order in which they were found
 * @param parked in the order of their events
 * @param exchanged whether the rebuilt tables are the live ones now
 */
public record ReplayReport(
        long events,
        long position,
        boolean continued,
        List<ComparedTable> tables,
        List<Difference> differences,
        List<ParkedStream> parked,
        boolean exchanged) {

    /**
     * A table that was compared.
     *
     * @param rows rows of the rebuilt table, without those of parked keys
     * @param ranges how many ranges it was compared in
     * @param differing how many rows differ
     */
    public record ComparedTable(String name, long rows, int ranges, long differing) {}

    public ReplayReport {
        tables = List.copyOf(tables);
        differences = List.copyOf(differences);
        parked = List.copyOf(parked);
    }
}

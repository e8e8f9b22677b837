package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.bundle.ZipForm.Entry;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import java.util.List;

/** Compares the names in a file with those that belong there, each once and in order. */
final class BundleNames {

    private static final String RECORDS = "tile/entries/";
    private static final int SHOWN = 60;

    private BundleNames() {}

    /**
     * The range of records that the names tell.
     *
     * @param size records of the log at the bundle's checkpoint
     * @throws BundleRefusedException if a name is missing, stands twice, in another place, or does not belong there
     */
    static BundleRange range(List<Entry> entries, long size) throws BundleRefusedException {
        TilePath first = null;
        TilePath last = null;
        for (Entry entry : entries) {
            if (entry.name().startsWith(RECORDS)) {
                last = path(entry);
                first = first == null ? last : first;
            }
        }
        if (first == null || last == null) {
            throw new BundleRefusedException(-1, "there are no records in it");
        }
        long from = first.index() * Tile.WIDTH;
        BundleRange range;
        try {
            range = new BundleRange(size, from, last.index() * Tile.WIDTH + last.width());
        } catch (IllegalArgumentException other) {
            throw new BundleRefusedException(
                    Math.min(from, size), "its records are not those of a log of " + size + " records");
        }
        compare(entries, range);
        return range;
    }

    private static void compare(List<Entry> entries, BundleRange range) throws BundleRefusedException {
        int at = BundleForm.FIRST.size();
        long done = range.from();
        for (TilePath expected : range.paths()) {
            if (at >= entries.size()) {
                throw new BundleRefusedException(done, expected.text() + " is missing");
            }
            if (!entries.get(at).name().equals(expected.text())) {
                throw new BundleRefusedException(
                        done, "where " + expected.text() + " belongs there is " + shown(entries.get(at)));
            }
            done += expected.isEntries() ? expected.width() : 0;
            at++;
        }
        if (at < entries.size()) {
            throw new BundleRefusedException(-1, shown(entries.get(at)) + " does not belong into a bundle");
        }
    }

    private static TilePath path(Entry entry) throws BundleRefusedException {
        try {
            return TilePath.parse(entry.name());
        } catch (IllegalArgumentException malformed) {
            throw new BundleRefusedException(-1, shown(entry) + " does not belong into a bundle");
        }
    }

    /** Names come from whoever made the file. */
    private static String shown(Entry entry) {
        String name = entry.name().length() > SHOWN ? entry.name().substring(0, SHOWN) : entry.name();
        return "\"" + name.replaceAll("[^ -~]", "?") + "\"";
    }
}

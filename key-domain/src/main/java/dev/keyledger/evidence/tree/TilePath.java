package dev.keyledger.evidence.tree;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The path of a tile or of a bundle of entries as C2SP tlog-tiles spells it, without the log's prefix: {@code tile/0/x001/x234/067},
 * {@code tile/1/000.p/17}, {@code tile/entries/000}. Each path has one spelling.
 *
 * @param level 0 to 63, or {@link #ENTRIES}
 * @param index position within the level, from 0
 * @param width hashes or entries: 256, or 1 to 255 of a partial one
 */
public record TilePath(int level, long index, int width) {

    /** Stands in place of a level for the records themselves. */
    public static final int ENTRIES = -1;

    private static final int MAX_LEVEL = 63;
    private static final int THOUSAND = 1000;

    /** Six groups of three digits, which a long can hold. */
    private static final long MAX_INDEX = 999_999_999_999_999_999L;

    private static final Pattern SHAPE =
            Pattern.compile("tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

    public TilePath {
        if (level < ENTRIES || level > MAX_LEVEL) {
            throw new IllegalArgumentException("no level " + level);
        }
        if (index < 0 || index > MAX_INDEX) {
            throw new IllegalArgumentException("no index " + index);
        }
        if (width < 1 || width > Tile.WIDTH) {
            throw new IllegalArgumentException("no width " + width);
        }
    }

    /** A full tile of hashes. */
    public static TilePath tile(int level, long index) {
        return new TilePath(level, index, Tile.WIDTH);
    }

    /** A full bundle of entries. */
    public static TilePath entries(long index) {
        return new TilePath(ENTRIES, index, Tile.WIDTH);
    }

    /** Whether this names records, not hashes. */
    public boolean isEntries() {
        return level == ENTRIES;
    }

    /** Whether this names a full tile, which never changes and is found in every later tree. */
    public boolean isFull() {
        return width == Tile.WIDTH;
    }

    /**
     * Whether a tree of this size has it: as a full tile, or with exactly this width as its last and partial one of the level. Narrower cuts of
     * a tile belong to smaller trees.
     */
    public boolean isIn(long size) {
        int row = Math.max(level, 0);
        long full = Tile.fullTiles(row, size);
        return isFull() ? index < full : index == full && width == Tile.partialWidth(row, size);
    }

    /** The path. */
    public String text() {
        StringBuilder digits = new StringBuilder(group(index % THOUSAND));
        for (long rest = index / THOUSAND; rest > 0; rest /= THOUSAND) {
            digits.insert(0, "x" + group(rest % THOUSAND) + "/");
        }
        return "tile/" + (isEntries() ? "entries" : level) + "/" + digits + (isFull() ? "" : ".p/" + width);
    }

    /**
     * Reads a path.
     *
     * @throws IllegalArgumentException if it is not, to the character, the path of a tile or bundle
     */
    public static TilePath parse(String text) {
        Matcher shape = SHAPE.matcher(text);
        if (!shape.matches()) {
            throw new IllegalArgumentException("not the path of a tile");
        }
        String level = shape.group(1);
        String width = shape.group(3);
        TilePath path = new TilePath(
                level.equals("entries") ? ENTRIES : Integer.parseInt(level),
                Long.parseLong(shape.group(2).replace("x", "").replace("/", "")),
                width == null ? Tile.WIDTH : Integer.parseInt(width));
        if (!path.text().equals(text)) {
            throw new IllegalArgumentException("a path in another spelling");
        }
        return path;
    }

    private static String group(long number) {
        String digits = Long.toString(number);
        return "0".repeat(3 - digits.length()) + digits;
    }
}

package dev.keyledger.projection;

import java.util.List;

/**
 * One page of a listing.
 *
 * @param items the rows of the page; empty beyond the end
 * @param totalCount rows in the whole listing
 */
public record Page<T>(List<T> items, int totalCount) {

    public Page {
        items = List.copyOf(items);
    }

    /**
     * Which page.
     *
     * @param number counted from 1
     * @param size rows per page, at least 1
     */
    public record Request(int number, int size) {

        /** Rows before this page. */
        public long offset() {
            return (number - 1L) * size;
        }
    }
}

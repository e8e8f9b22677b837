/**
 * What a node tells about itself to a monitoring system: request figures, what the store is late with, and the scrape endpoint. Names and
 * units are in {@code docs/metrics.md}; no label ever holds a key, a principal or anything else that a client chose.
 */
@NullMarked
package dev.keyledger.api.metrics;

import org.jspecify.annotations.NullMarked;

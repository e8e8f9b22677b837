/** Tests of what a node tells a monitoring system: a real node is scraped and held against the documentation. */
@NullMarked
package dev.keyledger.api.metrics;

import org.jspecify.annotations.NullMarked;

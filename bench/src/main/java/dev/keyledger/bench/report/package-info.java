/** Figures: repetitions, ratios and tables, and who used the machine's cores meanwhile. Plain text on standard output. */
@NullMarked
package dev.keyledger.bench.report;

import org.jspecify.annotations.NullMarked;

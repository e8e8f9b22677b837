/** Whether a failed import can be told from a good one by the time it takes. Statistics, not tests: a verdict needs a quiet machine. */
@NullMarked
package dev.keyledger.bench.timing;

import org.jspecify.annotations.NullMarked;

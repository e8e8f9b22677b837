/** Microbenchmarks of what needs no database and no network, run by JMH. Figures are of one thread. */
@NullMarked
package dev.keyledger.bench.pure;

import org.jspecify.annotations.NullMarked;

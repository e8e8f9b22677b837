/** The client: signed requests made ahead, closed loops over real connections, latencies. It shares the cores with what it measures and must stay cheap. */
@NullMarked
package dev.keyledger.bench.load;

import org.jspecify.annotations.NullMarked;

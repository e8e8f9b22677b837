/** What is measured: the packaged jar as a process, and servers of the same container that do less. Each runs in a process of its own. */
@NullMarked
package dev.keyledger.bench.target;

import org.jspecify.annotations.NullMarked;

/** The rows that the service writes, made without the service: for stores of a million keys and for transactions to compare it with. Equal rows are proved by a test. */
@NullMarked
package dev.keyledger.bench.fill;

import org.jspecify.annotations.NullMarked;

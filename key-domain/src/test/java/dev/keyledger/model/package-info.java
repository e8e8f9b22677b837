/**
 * A naive second account of what a key does, random scripts for it, and the runner that holds another world against it. Borrowed by the tests
 * of other modules, so it knows neither the framework nor any port.
 */
@NullMarked
package dev.keyledger.model;

import org.jspecify.annotations.NullMarked;

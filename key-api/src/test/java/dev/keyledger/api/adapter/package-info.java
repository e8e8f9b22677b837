/** A store for the adapters' tests: a real database and the few beans that every adapter needs. Whole nodes are tested elsewhere. */
@NullMarked
package dev.keyledger.api.adapter;

import org.jspecify.annotations.NullMarked;

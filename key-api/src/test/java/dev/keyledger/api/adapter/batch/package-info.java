/** Batches as their callers see them: company costs nobody anything, and one fault is one caller's. */
@NullMarked
package dev.keyledger.api.adapter.batch;

import org.jspecify.annotations.NullMarked;

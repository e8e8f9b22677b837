/**
 * Histories of concurrent calls and the question whether one order of single steps explains them. Pure: the nodes that make the histories are
 * the business of the proofs.
 */
@NullMarked
package dev.keyledger.api.history;

import org.jspecify.annotations.NullMarked;

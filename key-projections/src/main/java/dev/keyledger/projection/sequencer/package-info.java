/**
 * The order of the audit log: which record has which number, 0, 1, 2 … without gaps. One node at a time gives the numbers, over one
 * connection; everybody may ask how far it has got.
 */
@NullMarked
package dev.keyledger.projection.sequencer;

import org.jspecify.annotations.NullMarked;

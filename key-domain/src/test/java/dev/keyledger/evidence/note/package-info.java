/** Notes, checkpoints and proofs against the samples of their specifications, golden files, and verifiers that others wrote. */
@NullMarked
package dev.keyledger.evidence.note;

import org.jspecify.annotations.NullMarked;

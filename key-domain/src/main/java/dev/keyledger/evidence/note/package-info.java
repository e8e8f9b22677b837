/**
 * What a log says about itself under its signature: signed notes, checkpoints and proofs that travel as one file, in the forms of C2SP
 * (signed-note, tlog-checkpoint, tlog-proof). Everything is read strictly: each statement has one spelling.
 */
@NullMarked
package dev.keyledger.evidence.note;

import org.jspecify.annotations.NullMarked;

/** The tree against published vectors, against its definition word by word, and against verifiers that others wrote. */
@NullMarked
package dev.keyledger.evidence.tree;

import org.jspecify.annotations.NullMarked;

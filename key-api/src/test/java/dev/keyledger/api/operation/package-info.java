/** Every operation over real HTTP against a node of its own store: states, parameters, rules of import, answers and audit records. */
@NullMarked
package dev.keyledger.api.operation;

import org.jspecify.annotations.NullMarked;

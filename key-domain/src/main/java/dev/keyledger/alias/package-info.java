/** Aliases: second names of keys. An alias is an aggregate whose name is its identity, so uniqueness needs no lookup. */
@NullMarked
package dev.keyledger.alias;

import org.jspecify.annotations.NullMarked;

/** Events of keys and aliases in the order of the audit log, as others are told of them (ADR 0023). */
@NullMarked
package dev.keyledger.projection.feed;

import org.jspecify.annotations.NullMarked;

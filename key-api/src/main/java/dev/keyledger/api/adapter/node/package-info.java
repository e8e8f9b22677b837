/** What a node says of itself in the audit log: that it starts and stops, and which settings it has (ADR 0022). */
@NullMarked
package dev.keyledger.api.adapter.node;

import org.jspecify.annotations.NullMarked;

/**
 * The audit log as a transparency log: its records and tiles in the store, the one node that signs its checkpoints, the anchors outside the
 * database that keep them, and what is told to auditors (ADR 0016).
 */
@NullMarked
package dev.keyledger.api.adapter.transparency;

import org.jspecify.annotations.NullMarked;

/** A log over a real store: signed, changed behind its back, fought over, anchored. */
@org.jspecify.annotations.NullMarked
package dev.keyledger.api.adapter.transparency;

/**
 * From settings to a serving node: what is read, checked and opened, in which order, before the first request. Every way this can fail ends
 * in one sentence and a non-zero exit.
 */
@NullMarked
package dev.keyledger.api.startup;

import org.jspecify.annotations.NullMarked;

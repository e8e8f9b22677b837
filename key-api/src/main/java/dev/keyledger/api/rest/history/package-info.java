/** What keys were and what happened to them, over {@code /v1}, for auditors. */
@NullMarked
package dev.keyledger.api.rest.history;

import org.jspecify.annotations.NullMarked;

/** The audit log over {@code /v1}: its records by page, stream and place, for auditors. */
@NullMarked
package dev.keyledger.api.rest.audit;

import org.jspecify.annotations.NullMarked;

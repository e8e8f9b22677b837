/**
 * Reports that follow the audit log in the order of its places (ADR 0021): one worker at a time for each, records and position in one
 * transaction, what cannot be digested parked by key. The service's own reports and those of extensions go the same way.
 */
@NullMarked
package dev.keyledger.projection.report;

import org.jspecify.annotations.NullMarked;

/**
 * Reports over the whole audit log, from its first record on, that others write: what a report is, what it is told and where it keeps what it
 * found.
 */
@NullMarked
package dev.keyledger.extension.report;

import org.jspecify.annotations.NullMarked;

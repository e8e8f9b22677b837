/**
 * Questions about the audit log: its records in the order of the log, by what they say. Only what has its place in the order is found, so
 * that a place, once read, is a cursor for ever.
 */
@NullMarked
package dev.keyledger.projection.auditlog;

import org.jspecify.annotations.NullMarked;

/**
 * What this service says about itself in a form that strangers can check: records as exact bytes, RFC 8785 canonical JSON. Nothing here knows
 * where a record is stored; the member names are formats and never follow a rename.
 */
@NullMarked
package dev.keyledger.evidence;

import org.jspecify.annotations.NullMarked;

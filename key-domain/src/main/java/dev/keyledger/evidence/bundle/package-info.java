/**
 * A part of the audit log in one file that is checked without the log, the service or a network (ADR 0018): its form, writing it, checking it.
 * What goes into it comes from whoever has the log, through {@link dev.keyledger.evidence.bundle.BundleSource}.
 */
@NullMarked
package dev.keyledger.evidence.bundle;

import org.jspecify.annotations.NullMarked;

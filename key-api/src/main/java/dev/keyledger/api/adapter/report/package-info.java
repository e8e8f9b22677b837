/** When reports are told what is new in the audit log, and how far they are. */
@NullMarked
package dev.keyledger.api.adapter.report;

import org.jspecify.annotations.NullMarked;

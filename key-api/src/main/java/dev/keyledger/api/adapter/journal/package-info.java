/** The audit record and the use of keys: one statement decides, records and answers. There is no second sink. */
@NullMarked
package dev.keyledger.api.adapter.journal;

import org.jspecify.annotations.NullMarked;

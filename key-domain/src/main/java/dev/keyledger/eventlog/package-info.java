/** How events are stored: their permanent names, revisions and JSON form. */
@NullMarked
package dev.keyledger.eventlog;

import org.jspecify.annotations.NullMarked;

/** What has happened to a key, event by event, each with the record of the request that caused it. Read from the facts themselves. */
@NullMarked
package dev.keyledger.projection.history;

import org.jspecify.annotations.NullMarked;

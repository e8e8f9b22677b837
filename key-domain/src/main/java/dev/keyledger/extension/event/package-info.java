/** What others do when a key changes, inside the service: what a handler is, what it is told, and how it says that it cannot take an event. */
@NullMarked
package dev.keyledger.extension.event;

import org.jspecify.annotations.NullMarked;

/** Events of keys as others are told of them: by page, as a stream, and what they look like (ADR 0023). */
@NullMarked
package dev.keyledger.api.rest.events;

import org.jspecify.annotations.NullMarked;

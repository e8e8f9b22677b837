/** What has happened to a key, in words that a person reads. */
@NullMarked
package dev.keyledger.projection.timeline;

import org.jspecify.annotations.NullMarked;

/** What lies in the future of keys, and which notices of it are to be given. */
@NullMarked
package dev.keyledger.projection.notices;

import org.jspecify.annotations.NullMarked;

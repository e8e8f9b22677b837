/** Extensions as others write them: source in, jar out, loaded by a node. */
@NullMarked
package dev.keyledger.api.extension;

import org.jspecify.annotations.NullMarked;

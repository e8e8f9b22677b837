/** What a node records of itself. */
@NullMarked
package dev.keyledger.api.adapter.node;

import org.jspecify.annotations.NullMarked;

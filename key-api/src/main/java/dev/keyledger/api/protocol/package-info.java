/**
 * The vendor's RPC protocol: from raw bytes to an {@link dev.keyledger.api.protocol.Operation} and from its answer back to bytes. The
 * operations themselves live in {@code dev.keyledger.api.operation}.
 */
@NullMarked
package dev.keyledger.api.protocol;

import org.jspecify.annotations.NullMarked;

/** The operations of bringing one's own key: import parameters, import and deletion of material. What a token or an unwrapped block is worth is decided by the ports they call. */
@NullMarked
package dev.keyledger.api.operation.material;

import org.jspecify.annotations.NullMarked;

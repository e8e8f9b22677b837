/**
 * Who is calling: signatures, access keys, clock window, nonces and the address of the client. It ends in a {@link
 * dev.keyledger.api.auth.Caller} or a refusal and knows nothing of operations.
 */
@NullMarked
package dev.keyledger.api.auth;

import org.jspecify.annotations.NullMarked;

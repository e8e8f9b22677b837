/** The uses of a symmetric key: encrypt, decrypt and data keys. Each computes first and lets the use journal decide, record and release the result. */
@NullMarked
package dev.keyledger.api.operation.crypto;

import org.jspecify.annotations.NullMarked;

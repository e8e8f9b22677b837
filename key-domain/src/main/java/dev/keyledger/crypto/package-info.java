/** The published cryptographic formats and the thin functions over the JDK's providers that make and open them. */
@NullMarked
package dev.keyledger.crypto;

import org.jspecify.annotations.NullMarked;

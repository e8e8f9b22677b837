/** Key material at rest and in memory: the types that hold it and the ports through which it is stored, bound and destroyed. */
@NullMarked
package dev.keyledger.material;

import org.jspecify.annotations.NullMarked;

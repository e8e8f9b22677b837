@NullMarked
package dev.keyledger.evidence.bundle;

import org.jspecify.annotations.NullMarked;

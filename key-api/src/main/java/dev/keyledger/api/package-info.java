@NullMarked
package dev.keyledger.api;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.keyledger.api.cli;

import org.jspecify.annotations.NullMarked;

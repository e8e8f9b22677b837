@NullMarked
package dev.keyledger.db;

import org.jspecify.annotations.NullMarked;

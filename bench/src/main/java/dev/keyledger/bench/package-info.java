/** Measures the packaged service beside what its container and its database can do. One class for each subcommand; nothing here is shipped. */
@NullMarked
package dev.keyledger.bench;

import org.jspecify.annotations.NullMarked;

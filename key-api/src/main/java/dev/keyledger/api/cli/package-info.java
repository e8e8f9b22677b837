/** The command line: the jar as a client of a running server, over its HTTP API alone. No Spring, no database. */
@NullMarked
package dev.keyledger.api.cli;

import org.jspecify.annotations.NullMarked;

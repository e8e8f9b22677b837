/** The command line: the jar as a client of a running server, over its HTTP API alone, without Spring; but for {@code replay}, which opens the database. */
@NullMarked
package dev.keyledger.api.cli;

import org.jspecify.annotations.NullMarked;

/**
 * The proof from outside: the packaged jar runs as a process and is driven by the vendor's stock clients, openssl and plain HTTP. What cannot
 * be seen over the wire, in the files or in the database is not proved here; the replay of the views is the one place that uses the server's
 * own classes.
 */
@NullMarked
package dev.keyledger.api.proof;

import org.jspecify.annotations.NullMarked;

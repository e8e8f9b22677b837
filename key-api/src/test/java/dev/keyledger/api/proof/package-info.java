/**
 * The proof from outside: the packaged jar runs as a process and is driven by the vendor's stock clients, openssl and plain HTTP. Nothing here
 * may touch a class of the server; what cannot be seen over the wire, in the files or in the database is not proved here.
 */
@NullMarked
package dev.keyledger.api.proof;

import org.jspecify.annotations.NullMarked;

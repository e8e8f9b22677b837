/** Tests of the store: the embedded server as a product, and the schema on it. They run real servers in temporary directories. */
@NullMarked
package dev.keyledger.db;

import org.jspecify.annotations.NullMarked;

/**
 * Read models. One class writes one table by plain SQL from nothing but events; dropping a table and replaying gives the same rows.
 */
@NullMarked
package dev.keyledger.projection;

import org.jspecify.annotations.NullMarked;

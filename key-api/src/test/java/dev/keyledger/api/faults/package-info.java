/**
 * Faults of the world around a node, made on purpose: a network between node and database that is slow, silent, cut or lossy at a chosen
 * moment. Knows PostgreSQL's wire protocol as far as it takes to find that moment, and nothing of Keyledger but the names of two tables.
 */
@NullMarked
package dev.keyledger.api.faults;

import org.jspecify.annotations.NullMarked;

/**
 * Events sent to receivers by HTTP (ADR 0025). What is under way are rows of the database, which any node sends; where it may go to is checked here
 * and nowhere else.
 */
@NullMarked
package dev.keyledger.api.adapter.webhook;

import org.jspecify.annotations.NullMarked;

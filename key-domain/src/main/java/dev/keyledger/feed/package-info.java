/** What others are told of keys: which events and members are public, their place in the order, and their form as CloudEvents (ADR 0023). */
@NullMarked
package dev.keyledger.feed;

import org.jspecify.annotations.NullMarked;

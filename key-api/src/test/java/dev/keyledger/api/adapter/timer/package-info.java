/** Tests of the timer adapters, on a real database. Real clocks are never set; where one has to jump, a port stands in for it. */
@NullMarked
package dev.keyledger.api.adapter.timer;

import org.jspecify.annotations.NullMarked;

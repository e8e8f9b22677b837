@NullMarked
package dev.keyledger.api.adapter.sequencer;

import org.jspecify.annotations.NullMarked;

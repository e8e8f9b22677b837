@NullMarked
package dev.keyledger.api.adapter.webhook;

import org.jspecify.annotations.NullMarked;

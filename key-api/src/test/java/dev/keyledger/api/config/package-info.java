/** Tests of the framework as it is put together, with whole nodes. */
@NullMarked
package dev.keyledger.api.config;

import org.jspecify.annotations.NullMarked;

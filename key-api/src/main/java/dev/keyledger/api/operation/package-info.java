/**
 * What the operations share: how a parameter names a key, how a key is changed, how a listing is paged. One class per operation lies in the
 * packages below, grouped by feature.
 */
@NullMarked
package dev.keyledger.api.operation;

import org.jspecify.annotations.NullMarked;

/**
 * What happens without a request: persistent deadlines for the life cycle saga, and the upkeep that repairs lost ones. Both nudge, neither
 * decides about a key, and all scheduling here runs on machine time.
 */
@NullMarked
package dev.keyledger.api.adapter.timer;

import org.jspecify.annotations.NullMarked;

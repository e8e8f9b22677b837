/** The operations on key policies, which belong to keys of dedicated instances. There are none here, so they check what they are given and refuse. */
@NullMarked
package dev.keyledger.api.operation.policy;

import org.jspecify.annotations.NullMarked;

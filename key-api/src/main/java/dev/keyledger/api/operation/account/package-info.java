/** The operations on the account and the service as a whole. They answer facts of this store and touch no key. */
@NullMarked
package dev.keyledger.api.operation.account;

import org.jspecify.annotations.NullMarked;

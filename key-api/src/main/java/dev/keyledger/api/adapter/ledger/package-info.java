/** Commands, events, audit record and nonce in one transaction, with bounded retries. */
@NullMarked
package dev.keyledger.api.adapter.ledger;

import org.jspecify.annotations.NullMarked;

/** Tests of the ledger transaction's own parts, without a database. What it does with one is tested where it is put together. */
@NullMarked
package dev.keyledger.api.adapter.ledger;

import org.jspecify.annotations.NullMarked;

/** Secrets in the database: domain keys, material, bindings, import sessions and access keys, each wrapped. SQL lives here, formats in key-domain. */
@NullMarked
package dev.keyledger.api.adapter.vault;

import org.jspecify.annotations.NullMarked;

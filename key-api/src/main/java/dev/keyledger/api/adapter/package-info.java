/**
 * What implements the ports of the domain and of the protocol: SQL, the embedded or external PostgreSQL, the framework. One sub-package per
 * concern.
 */
@NullMarked
package dev.keyledger.api.adapter;

import org.jspecify.annotations.NullMarked;

/**
 * What teams may add to the service in jars of their own, one package for each kind (docs/extensions.md). Everything below is compiled against
 * by code that is not ours: it is only ever added to, and knows Java alone.
 */
@NullMarked
package dev.keyledger.extension;

import org.jspecify.annotations.NullMarked;

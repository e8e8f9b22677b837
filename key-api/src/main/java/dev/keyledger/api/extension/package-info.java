/** Code that others add: jars of {@code KEYLEDGER_EXTENSIONS_DIR}, each in a class loader of its own (docs/extensions.md, ADR 0021). */
@NullMarked
package dev.keyledger.api.extension;

import org.jspecify.annotations.NullMarked;

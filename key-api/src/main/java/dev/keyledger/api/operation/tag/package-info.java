/** The operations on tags, one key at a time and many at a time. The limit of tags a key is the aggregate's to hold. */
@NullMarked
package dev.keyledger.api.operation.tag;

import org.jspecify.annotations.NullMarked;

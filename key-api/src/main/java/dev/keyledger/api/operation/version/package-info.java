/** The operations on key versions and rotation. A key has one version, so creating another is refused and listing them tells the truth. */
@NullMarked
package dev.keyledger.api.operation.version;

import org.jspecify.annotations.NullMarked;

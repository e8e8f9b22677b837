/** How often keys were used, by day, principal, action and outcome: a report of the service's own that follows the audit log. */
@NullMarked
package dev.keyledger.projection.keyuse;

import org.jspecify.annotations.NullMarked;

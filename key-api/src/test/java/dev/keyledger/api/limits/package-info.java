/** Tests of what a principal or an address may ask of a node, and of the audit log in a flood. */
@NullMarked
package dev.keyledger.api.limits;

import org.jspecify.annotations.NullMarked;

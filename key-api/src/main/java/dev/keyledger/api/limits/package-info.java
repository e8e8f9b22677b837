/**
 * How much one principal or one address may ask of a node, and how the audit log stays readable in a flood: token buckets, and counted
 * summaries of what they refused. Nothing here outlives the process or is shared between nodes.
 */
@NullMarked
package dev.keyledger.api.limits;

import org.jspecify.annotations.NullMarked;

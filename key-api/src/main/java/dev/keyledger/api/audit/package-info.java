/**
 * What a request leaves in the audit log: the draft every layer adds to, and the port that makes it durable. Nothing here knows how a
 * record is stored or which protocol asked.
 */
@NullMarked
package dev.keyledger.api.audit;

import org.jspecify.annotations.NullMarked;

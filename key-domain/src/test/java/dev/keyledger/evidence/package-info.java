/** Tests of the published forms: against their golden files and against the samples of the RFC they follow. */
@NullMarked
package dev.keyledger.evidence;

import org.jspecify.annotations.NullMarked;

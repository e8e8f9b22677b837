/** The description of {@code /v1} for programs: one OpenAPI document, written by hand and held against the endpoints by a test. */
@NullMarked
package dev.keyledger.api.rest.description;

import org.jspecify.annotations.NullMarked;

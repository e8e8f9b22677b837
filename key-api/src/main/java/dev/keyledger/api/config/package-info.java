/** The beans: the framework's parts declared explicitly, because its automatic configuration does not fit this Spring Boot version. */
@NullMarked
package dev.keyledger.api.config;

import org.jspecify.annotations.NullMarked;

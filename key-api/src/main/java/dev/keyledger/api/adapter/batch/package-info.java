/** Work of many requests done together: what waits while one batch runs is the next batch. It costs nobody a pause and everybody less. */
@NullMarked
package dev.keyledger.api.adapter.batch;

import org.jspecify.annotations.NullMarked;

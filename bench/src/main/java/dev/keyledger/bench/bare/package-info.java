/** Database work without a service around it: the floors that the service is compared with. Rows are those the service writes. */
@NullMarked
package dev.keyledger.bench.bare;

import org.jspecify.annotations.NullMarked;

/** Events to a Kafka topic (ADR 0026). Nothing here is loaded by a node that has no broker. */
@NullMarked
package dev.keyledger.api.adapter.kafka;

import org.jspecify.annotations.NullMarked;

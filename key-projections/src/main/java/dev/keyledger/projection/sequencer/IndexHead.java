package dev.keyledger.projection.sequencer;

/**
 * How far the order goes.
 *
 * @param size how many records have a number, which is the number that the next one gets
 * @param lastRecord every record up to this record id has its number
 */
public record IndexHead(long size, long lastRecord) {}

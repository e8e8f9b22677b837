package dev.keyledger.bench.fill;

/**
 * What requests of this origin have in common in their audit records.
 *
 * @param account account of the store, which is the creator of its keys
 * @param node name of the node that records
 * @param principal who asks
 * @param accessKeyId with which access key
 * @param userAgent by which program
 */
public record Origination(String account, String node, String principal, String accessKeyId, String userAgent) {}

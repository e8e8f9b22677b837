package dev.keyledger.api.faults;

/** A moment in the life of a transaction that writes an audit record, or of the work that gives records their place in the log. */
public enum Moment {
    /** None of those below. */
    NONE,
    /** All is computed, and the statement that records it is about to reach the server. */
    BEFORE_RECORD,
    /** The statement that records it has reached the server, which has not answered. */
    WHILE_RECORDING,
    /** The record is written and the request to commit it is about to reach the server; never where the statement commits itself. */
    BEFORE_COMMIT,
    /** The record is durable and the server's word about that is about to reach the node. */
    AFTER_COMMIT,
    /** A node has the lead, and is about to raise the epoch. */
    BEFORE_TERM,
    /** The last record id is read, and the transaction id that shall lie above it is about to be taken. */
    BEFORE_HORIZON,
    /** It is about to be asked whether all older transactions are over. */
    BEFORE_PASSAGE,
    /** All are over, and the chunk is about to make sure that the term goes on. */
    BEFORE_CHUNK,
    /** The term goes on, and the numbers are about to reach the server. */
    BEFORE_NUMBERS,
    /** The numbers are written, and how far they go is about to be. */
    BEFORE_HEAD,
    /** The chunk is written and the request to commit it is about to reach the server. */
    BEFORE_CHUNK_COMMIT,
    /** The chunk is durable and the server's word about that is about to reach the node. */
    AFTER_CHUNK_COMMIT
}

package dev.keyledger.cmk;

/** A customer master key. */
public class Cmk {

    protected Cmk() {}
}

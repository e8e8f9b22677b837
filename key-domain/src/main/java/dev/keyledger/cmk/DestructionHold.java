package dev.keyledger.cmk;

/** Whether destruction waits for an operator, because a clock jumped. Joins the caller's transaction. */
@FunctionalInterface
public interface DestructionHold {

    /** True while no key may be destroyed. */
    boolean active();
}

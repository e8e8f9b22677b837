package dev.keyledger.cmk;

/** Source of fresh version ids: a port, so that tests can foretell them. */
@FunctionalInterface
public interface KeyVersionIds {

    /** A random id that was never used before. */
    KeyVersionId next();
}

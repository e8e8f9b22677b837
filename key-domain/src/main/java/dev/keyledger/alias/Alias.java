package dev.keyledger.alias;

/** An alias. */
public class Alias {

    protected Alias() {}
}

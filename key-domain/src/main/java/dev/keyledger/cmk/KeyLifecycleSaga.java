package dev.keyledger.cmk;

/** Timers of one key. */
public class KeyLifecycleSaga {}

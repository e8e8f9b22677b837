package dev.keyledger.model;

import java.time.Duration;
import java.util.List;

/** A place where one key lives: the aggregate alone, or a whole node. */
public interface World {

    /** Lets time pass. */
    void pass(Duration pause);

    /** Does it. Answers the code of the refusal, {@code gone} for a destroyed key, or {@code ok}. */
    String act(Act act);

    /** The key now. */
    Seen see();

    /** Simple names of all the key's events since it was created. */
    List<String> events();
}

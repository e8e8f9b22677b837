package dev.keyledger.api.adapter.subscriber;

import java.util.List;

/** Outlets that this node has by its settings. */
@FunctionalInterface
public interface Outlets {

    /** All of them; asked once. */
    List<Outlet> all();
}

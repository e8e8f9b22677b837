package dev.keyledger.api.adapter.subscriber;

import dev.keyledger.api.extension.Extensions;
import java.util.List;
import org.springframework.stereotype.Component;

/** The handlers of extensions. */
@Component
class HandlerOutlets implements Outlets {

    private final Extensions extensions;

    HandlerOutlets(Extensions extensions) {
        this.extensions = extensions;
    }

    @Override
    public List<Outlet> all() {
        return extensions.handlers().stream()
                .<Outlet>map(each -> new HandlerOutlet(each.name(), each.start(), each.handler()))
                .toList();
    }
}

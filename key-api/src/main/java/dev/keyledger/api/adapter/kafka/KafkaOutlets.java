package dev.keyledger.api.adapter.kafka;

import dev.keyledger.api.adapter.subscriber.Outlet;
import dev.keyledger.api.adapter.subscriber.Outlets;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.feed.CloudEventForm;
import java.util.List;
import org.springframework.stereotype.Component;

/** The broker, if the node was given one. */
@Component
class KafkaOutlets implements Outlets {

    private final Settings settings;
    private final CloudEventForm form;

    KafkaOutlets(Settings settings, CloudEventForm form) {
        this.settings = settings;
        this.form = form;
    }

    @Override
    public List<Outlet> all() {
        return settings.kafka()
                .<List<Outlet>>map(kafka -> List.of(new KafkaOutlet(kafka, form)))
                .orElse(List.of());
    }
}

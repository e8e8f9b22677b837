package dev.keyledger.projection.report;

import dev.keyledger.extension.report.Fact;
import dev.keyledger.feed.FeedEvent;

/** Events as those read them who want no JSON: their public members as text. */
public final class PublicFacts {

    private PublicFacts() {}

    /** What is public of an event. */
    public static Fact of(FeedEvent event) {
        return new StoredFact(event.type(), event.revision(), event.subject(), event.subjectVersion(), event.payload())
                .fact();
    }
}

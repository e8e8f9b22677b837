package dev.keyledger.api.adapter.timer;

import dev.keyledger.projection.keystate.KeyListing;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Makes the marks that keep deep pages of ListKeys fast. */
@Component
class KeyListingUpkeep implements Upkeep {

    private final KeyListing listing;

    KeyListingUpkeep(KeyListing listing) {
        this.listing = listing;
    }

    @Override
    public String name() {
        return "key-listing";
    }

    /** Even at a thousand new keys a second the uncounted rest stays a few pages of its index. */
    @Override
    public Duration every() {
        return Duration.ofSeconds(15);
    }

    @Override
    public void run() throws InterruptedException {
        while (listing.mark()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}

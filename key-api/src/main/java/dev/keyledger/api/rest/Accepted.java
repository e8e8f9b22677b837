package dev.keyledger.api.rest;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** What a client accepts of what there is. */
public final class Accepted {

    private Accepted() {}

    /**
     * What the client prefers.
     *
     * @param accept the header as sent; null for anything
     * @param offered the first one goes to whoever accepts anything
     * @return empty if the client accepts none of them, or the header cannot be read
     */
    public static Optional<MediaType> of(@Nullable String accept, List<MediaType> offered) {
        if (accept == null || accept.isBlank()) {
            return Optional.of(offered.get(0));
        }
        try {
            return MediaType.parseMediaTypes(accept).stream()
                    .filter(range -> range.getQualityValue() > 0)
                    .sorted(Comparator.comparingDouble(MediaType::getQualityValue)
                            .reversed())
                    .flatMap(range -> offered.stream().filter(range::includes))
                    .findFirst();
        } catch (InvalidMediaTypeException malformed) {
            return Optional.empty();
        }
    }
}

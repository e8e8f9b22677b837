package dev.keyledger.bench;

import dev.keyledger.bench.load.RequestSource;
import dev.keyledger.bench.load.SignedTemplate;
import dev.keyledger.bench.load.SignedTemplate.Value;
import java.util.List;
import java.util.SplittableRandom;

/** The same request with a value chosen evenly at random each time: a key's identity or a ciphertext of it. */
final class RandomKeys implements RequestSource {

    private final SignedTemplate template;
    private final List<String> values;
    private final SplittableRandom random = new SplittableRandom();

    /** @param template of this connection alone, with the open parameter */
    RandomKeys(SignedTemplate template, List<String> values) {
        this.template = template;
        this.values = values;
    }

    @Override
    public SignedTemplate next() {
        return template.with(Value.of(values.get(random.nextInt(values.size()))));
    }
}

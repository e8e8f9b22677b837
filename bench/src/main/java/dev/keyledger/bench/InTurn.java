package dev.keyledger.bench;

import dev.keyledger.bench.load.RequestSource;
import dev.keyledger.bench.load.SignedTemplate;
import java.util.List;

/** All requests in turn, each connection beginning somewhere else. */
final class InTurn implements RequestSource {

    private final List<SignedTemplate> templates;
    private int at;

    InTurn(List<SignedTemplate> templates, int number) {
        this.templates = templates;
        this.at = number * 7;
    }

    @Override
    public SignedTemplate next() {
        return templates.get(at++ % templates.size());
    }
}

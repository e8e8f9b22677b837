package dev.keyledger.bench.target;

/** Does nothing between reading and answering: what the container alone costs. */
final class NoopServlet extends SizedAnswer {

    private static final long serialVersionUID = 1L;

    @Override
    void work() {
        // Nothing is the point.
    }
}

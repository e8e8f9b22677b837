package dev.keyledger.api.protocol;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** All operations by name. Immutable. */
public final class OperationRegistry {

    private final Map<String, Operation> operations = new TreeMap<>();

    /**
     * Collects the operations.
     *
     * @throws IllegalStateException if two have the same name; the service must not start with a guess
     */
    public OperationRegistry(List<Operation> operations) {
        for (Operation operation : operations) {
            Operation twin = this.operations.putIfAbsent(operation.name(), operation);
            if (twin != null) {
                throw new IllegalStateException("operation " + operation.name() + " is implemented by both "
                        + twin.getClass().getName() + " and "
                        + operation.getClass().getName());
            }
        }
    }

    /** The operation of exactly this name; names are case-sensitive. */
    public Optional<Operation> find(String name) {
        return Optional.ofNullable(operations.get(name));
    }

    /** All names, sorted. */
    public SortedSet<String> names() {
        return new TreeSet<>(operations.keySet());
    }
}

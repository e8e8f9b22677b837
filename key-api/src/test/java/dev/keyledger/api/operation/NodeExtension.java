package dev.keyledger.api.operation;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.extension.ExtensionJar;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One node with a drivable clock, and a handler that does nothing, for all tests of this package; each test makes keys of its own. */
final class NodeExtension implements ParameterResolver {

    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(NodeExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == TestNode.class || type == Kms.class || type == Keys.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // The root's store closes it after the last test.
        TestNode node = context.getRoot()
                .getStore(HERE)
                .computeIfAbsent(
                        "node",
                        key -> TestNode.with()
                                .testClock()
                                .set(
                                        "KEYLEDGER_EXTENSIONS_DIR",
                                        ExtensionJar.quietHandler("quiet").toString())
                                .start(),
                        TestNode.class);
        Class<?> type = parameter.getParameter().getType();
        if (type == TestNode.class) {
            return node;
        }
        return type == Kms.class ? new Kms(node) : new Keys(new Kms(node));
    }
}

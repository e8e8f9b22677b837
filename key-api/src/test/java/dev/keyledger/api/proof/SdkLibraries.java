package dev.keyledger.api.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One generation of the vendor's libraries, apart from everything else on the class path. The generations share class names, so what is
 * compiled against one cannot name the other: calls go by reflection.
 */
final class SdkLibraries implements AutoCloseable {

    private final URLClassLoader loader;

    /** Opens the jars that the build copied to this directory under {@code target}. */
    SdkLibraries(String directory) {
        Path jars = Path.of("target", directory);
        if (!Files.isDirectory(jars)) {
            throw new AssertionError("there is no " + jars + "; the build copies the vendor's libraries (mvn verify)");
        }
        try (Stream<Path> files = Files.list(jars)) {
            URL[] urls = files.filter(file -> file.toString().endsWith(".jar"))
                    .map(SdkLibraries::url)
                    .toArray(URL[]::new);
            this.loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    boolean has(String type) {
        return loader.getResource(type.replace('.', '/') + ".class") != null;
    }

    Class<?> type(String name) {
        try {
            return Class.forName(name, true, loader);
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(name + " is not in " + Arrays.toString(loader.getURLs()), missing);
        }
    }

    Object make(String type, Object... arguments) {
        return Stream.of(type(type).getConstructors())
                .filter(each -> accepts(each.getParameterTypes(), arguments))
                .findFirst()
                .map(each -> {
                    try {
                        return each.newInstance(arguments);
                    } catch (ReflectiveOperationException failed) {
                        throw new LinkageError(failed.getMessage(), failed);
                    }
                })
                .orElseThrow(() -> new AssertionError(type + " has no such constructor"));
    }

    /** A constant of an enum, or a constant field that is used like one. */
    Object constant(String type, String name) {
        try {
            return type(type).getField(name).get(null);
        } catch (ReflectiveOperationException missing) {
            throw new LinkageError(missing.getMessage(), missing);
        }
    }

    /** Calls a static method; a failure inside it is an error of the test. */
    Object callStatic(String type, String method, Object... arguments) {
        return required(invoke(type(type), null, method, arguments));
    }

    /** Calls a method for its effect; a failure inside it is an error of the test. */
    void run(Object target, String method, Object... arguments) {
        try {
            invokeAny(target.getClass(), target, method, arguments);
        } catch (InvocationTargetException failed) {
            throw new AssertionError(failed.getCause());
        }
    }

    void runStatic(String type, String method, Object... arguments) {
        invoke(type(type), null, method, arguments);
    }

    /** Calls a method; a failure inside it is an error of the test. */
    Object get(Object target, String method, Object... arguments) {
        return required(invoke(target.getClass(), target, method, arguments));
    }

    /** Calls a method and hands out what it throws. */
    Object attempt(Object target, String method, Object... arguments) throws Throwable {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // The libraries look services up by the context class loader; they shall find their own.
        thread.setContextClassLoader(loader);
        try {
            return required(invokeAny(target.getClass(), target, method, arguments));
        } catch (InvocationTargetException failed) {
            throw required(failed.getCause());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Sets a property from its text, converted to the type its setter takes. */
    void set(Object target, String property, String value) {
        Method setter = Stream.of(target.getClass().getMethods())
                .filter(each -> each.getName().equals("set" + property) && each.getParameterCount() == 1)
                .findFirst()
                .orElseThrow(() -> new AssertionError(target.getClass() + " has no " + property));
        try {
            setter.invoke(target, convert(value, setter.getParameterTypes()[0]));
        } catch (ReflectiveOperationException failed) {
            throw new LinkageError(failed.getMessage(), failed);
        }
    }

    private static Object convert(String value, Class<?> type) {
        if (type == Integer.class) {
            return Integer.valueOf(value);
        }
        if (type == Long.class) {
            return Long.valueOf(value);
        }
        if (type == Boolean.class) {
            return Boolean.valueOf(value);
        }
        return type == Map.class ? Json.object(value) : value;
    }

    private static @Nullable Object invoke(Class<?> type, @Nullable Object target, String method, Object... arguments) {
        try {
            return invokeAny(type, target, method, arguments);
        } catch (InvocationTargetException failed) {
            throw new AssertionError(failed.getCause());
        }
    }

    @SuppressWarnings("NullAway") // a null target calls a static method
    private static @Nullable Object invokeAny(
            Class<?> type, @Nullable Object target, String method, Object... arguments)
            throws InvocationTargetException {
        List<Method> found = Stream.of(type.getMethods())
                .filter(each -> each.getName().equals(method) && accepts(each.getParameterTypes(), arguments))
                .toList();
        if (found.isEmpty()) {
            throw new AssertionError(String.format(Locale.ROOT, "%s has no %s%s", type, method, List.of(arguments)));
        }
        try {
            return found.get(0).invoke(target, arguments);
        } catch (IllegalAccessException hidden) {
            throw new AssertionError(hidden);
        }
    }

    private static boolean accepts(Class<?>[] types, Object... arguments) {
        if (types.length != arguments.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            if (!types[i].isInstance(arguments[i])) {
                return false;
            }
        }
        return true;
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("the library answered null");
        }
        return value;
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

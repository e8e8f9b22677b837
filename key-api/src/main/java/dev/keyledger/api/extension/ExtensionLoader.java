package dev.keyledger.api.extension;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.jar.JarFile;

/**
 * The classes of one jar. It sees the platform, what is meant for extensions, and itself: no library of the service, so that neither has to
 * care for the other's versions.
 */
final class ExtensionLoader extends URLClassLoader {

    /** What extensions compile against. */
    private static final String PUBLIC = "dev.keyledger.extension.";

    ExtensionLoader(Path jar) throws IOException {
        super("extension " + jar.getFileName(), new URL[] {jar.toUri().toURL()}, new Window());
        // A loader opens its jar at the first class it looks for, and would take one that is damaged for an empty one.
        try (JarFile readable = new JarFile(jar.toFile())) {
            readable.entries().hasMoreElements();
        }
    }

    /** The platform and, of the service, what is public. */
    private static final class Window extends ClassLoader {

        private static final ClassLoader SERVICE = ExtensionLoader.class.getClassLoader();

        static {
            registerAsParallelCapable();
        }

        Window() {
            super("extensions", getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(PUBLIC)) {
                return SERVICE.loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}

package dev.keyledger.eventlog;

import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.axonframework.messaging.MetaData;
import org.axonframework.serialization.SerializationException;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.SerializedType;
import org.axonframework.serialization.SimpleSerializedType;
import org.axonframework.serialization.jackson3.Jackson3Serializer;
import org.jspecify.annotations.Nullable;

/**
 * The framework's Jackson serializer with our names instead of class names. Where the framework would shrug, it throws: an event that is
 * unknown or only half there must stop its reader, not be left out of a key's history.
 */
final class StoredNamesSerializer extends Jackson3Serializer {

    /** The framework asks for metadata by this name and never stores it. */
    private static final String METADATA = MetaData.class.getName();

    private final Map<Class<?>, RecordComponent[]> required = new ConcurrentHashMap<>();

    StoredNamesSerializer(Jackson3Serializer.Builder builder) {
        super(builder);
    }

    @Override
    @SuppressWarnings("rawtypes") // As the framework declares it.
    public SerializedType typeForClass(@Nullable Class type) {
        SerializedType byClass = super.typeForClass(type);
        if (type == null || byClass.equals(SerializedType.emptyType())) {
            return byClass;
        }
        return new SimpleSerializedType(storedName(type), byClass.getRevision());
    }

    private static String storedName(Class<?> type) {
        if (MetaData.class.isAssignableFrom(type)) {
            return METADATA;
        }
        return EventNames.nameOf(type)
                .orElseThrow(() -> new SerializationException("no stored name for " + type.getName()));
    }

    @Override
    public Class<?> classForType(SerializedType type) {
        if (type.equals(SerializedType.emptyType())) {
            return Void.class;
        }
        if (type.getName().equals(METADATA)) {
            return MetaData.class;
        }
        Class<?> known = EventNames.classOf(type.getName())
                .orElseThrow(() -> new SerializationException("this version knows nothing stored as " + type.getName()
                        + "; a newer one may have written it"));
        String revision = getRevisionResolver().revisionOf(known);
        if (revision != null && !revision.equals(type.getRevision())) {
            throw new SerializationException("this version reads revision " + revision + " of " + type.getName()
                    + ", stored is " + type.getRevision() + "; a newer one may have written it");
        }
        return known;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // As the framework declares it.
    public <S, T> T deserialize(SerializedObject<S> serializedObject) {
        T object = super.deserialize(serializedObject);
        if (object instanceof Record whole) {
            requireMembers(whole, serializedObject.getType());
        }
        return object;
    }

    private void requireMembers(Record object, SerializedType type) {
        for (RecordComponent component :
                required.computeIfAbsent(object.getClass(), StoredNamesSerializer::requiredMembers)) {
            Object member;
            try {
                member = component.getAccessor().invoke(object);
            } catch (ReflectiveOperationException unreadable) {
                throw new SerializationException("cannot read " + component + " of " + type.getName(), unreadable);
            }
            if (member == null) {
                throw new SerializationException(component.getName() + " is missing in a stored " + type.getName());
            }
        }
    }

    private static RecordComponent[] requiredMembers(Class<?> type) {
        return Stream.of(Objects.requireNonNull(type.getRecordComponents()))
                .filter(component -> !component.getAnnotatedType().isAnnotationPresent(Nullable.class))
                .toArray(RecordComponent[]::new);
    }
}

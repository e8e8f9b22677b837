package dev.keyledger.eventlog;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.keyledger.alias.AliasName;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyLifecycleSaga;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.cmk.NoticePeriod;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.material.MaterialTag;
import java.time.Instant;
import java.util.UUID;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.jackson3.Jackson3Serializer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;

/**
 * How events, sagas, timers and tokens become bytes: JSON under stable names (ADR 0002).
 *
 * <p>A payload is flat: identifiers and tags of material are strings, enums are spelled as in the protocol, instants are UTC text with
 * milliseconds. Members are sorted by name and always written, {@code null} for none; so equal events have equal bytes.
 */
public final class EventJson {

    private EventJson() {}

    /** The one serializer of the store. Thread-safe. */
    public static Serializer serializer() {
        return new StoredNamesSerializer(
                Jackson3Serializer.builder().jsonMapperBuilderCustomizer(EventJson::configure));
    }

    private static void configure(JsonMapper.Builder mapper) {
        mapper.enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .enable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
                .enable(EnumFeature.READ_ENUMS_USING_TO_STRING)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .addModule(new SimpleModule("keyledger")
                        .addSerializer(Instant.class, new InstantText.Writer())
                        .addDeserializer(Instant.class, new InstantText.Reader()))
                .addMixIn(KeyId.class, OfText.class)
                .addMixIn(AliasName.class, OfText.class)
                .addMixIn(NoticePeriod.class, OfPeriod.class)
                .addMixIn(KeyVersionId.class, OfUuid.class)
                .addMixIn(ImportTokenId.class, OfUuid.class)
                .addMixIn(MaterialTag.class, OfHex.class)
                .addMixIn(KeyLifecycleSaga.class, Fields.class)
                // A token may hold another token. Without this, one written by a reset could never be read back.
                .polymorphicTypeValidator(BasicPolymorphicTypeValidator.builder()
                        .allowIfSubType("org.axonframework.")
                        .build());
    }

    /** A value that is one text. */
    abstract static class OfText {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        OfText(String value) {}

        @JsonValue
        abstract String value();
    }

    /** A value that is one duration. */
    abstract static class OfPeriod {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        OfPeriod(String text) {}

        @JsonValue
        abstract String text();
    }

    /** A value that is one UUID. */
    abstract static class OfUuid {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        OfUuid(UUID value) {}

        @JsonValue
        abstract UUID value();
    }

    /** A value that is hexadecimal text. */
    abstract static class OfHex {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        OfHex(String hex) {}

        @JsonValue
        abstract String hex();
    }

    /** An object whose state is its fields. */
    @JsonAutoDetect(
            fieldVisibility = Visibility.ANY,
            getterVisibility = Visibility.NONE,
            isGetterVisibility = Visibility.NONE,
            setterVisibility = Visibility.NONE)
    abstract static class Fields {}
}

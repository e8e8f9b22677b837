package dev.keyledger.cmk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyCommand.CancelKeyDeletion;
import dev.keyledger.cmk.KeyCommand.CreateKey;
import dev.keyledger.cmk.KeyCommand.DeleteKeyMaterial;
import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyCommand.EnableKey;
import dev.keyledger.cmk.KeyCommand.ExpireKeyMaterial;
import dev.keyledger.cmk.KeyCommand.ImportKeyMaterial;
import dev.keyledger.cmk.KeyCommand.IssueImportParameters;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import dev.keyledger.cmk.KeyCommand.SetDeletionProtection;
import dev.keyledger.cmk.KeyCommand.TagKey;
import dev.keyledger.cmk.KeyCommand.UntagKey;
import dev.keyledger.cmk.KeyCommand.UpdateKeyDescription;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.axonframework.commandhandling.CommandResultMessage;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.AggregateDeletedException;
import org.axonframework.eventsourcing.EventSourcingRepository;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.eventsourcing.eventstore.inmemory.InMemoryEventStorageEngine;
import org.axonframework.messaging.annotation.ClasspathParameterResolverFactory;
import org.axonframework.messaging.annotation.MultiParameterResolverFactory;
import org.axonframework.messaging.annotation.ParameterResolverFactory;
import org.axonframework.messaging.annotation.SimpleResourceParameterResolverFactory;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random commands at random instants, on the aggregate behind a real command bus, repository and event store, and on {@link KeyModel}: both
 * must always agree. A failure names its seed; the same seed repeats it.
 */
class RandomHistoriesTest {

    private static final int HISTORIES = 100;
    private static final int COMMANDS = 60;

    /** Set to a seed to repeat one history. */
    private static final @Nullable Long REPEAT = Long.getLong("keyledger.test.seed");

    static LongStream seeds() {
        return REPEAT != null ? LongStream.of(REPEAT) : LongStream.rangeClosed(1, HISTORIES);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void the_key_and_the_model_agree_on_every_answer(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean external = random.nextInt(4) > 0;
        KeyModel model = new KeyModel(external);
        KeyPorts ports = new KeyPorts();
        Ledger ledger = new Ledger(ports);
        ledger.send(new CreateKey(
                KeyEvents.KEY,
                external ? Origin.EXTERNAL : Origin.ALIYUN_KMS,
                KeySpec.ALIYUN_AES_256,
                KeyUsage.ENCRYPT_DECRYPT,
                ProtectionLevel.SOFTWARE,
                "a key",
                "1234567890123456",
                Map.of()));

        List<String> story = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            ports.now = ports.now.plus(pause(random));
            ports.destructionHeld = random.nextInt(5) == 0;
            KeyCommand command = command(random, ports.now);

            List<String> expected = model.foretell(command, ports.now, ports.destructionHeld);
            story.add(ports.now + " " + command + " -> " + expected);
            assertThat(ledger.send(command)).as(() -> String.join("\n", story)).isEqualTo(expected);
            // Material is there exactly as long as the key says so.
            assertThat(List.copyOf(ports.stored.values()))
                    .as(() -> String.join("\n", story))
                    .isEqualTo(model.material == null ? List.of() : List.of(model.material));
        }
    }

    private static Duration pause(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> Duration.ZERO;
            case 1 -> Duration.ofMillis(random.nextInt(1, 2_000));
            case 2 -> Duration.ofMinutes(random.nextInt(1, 120));
            case 3 -> Duration.ofHours(random.nextInt(1, 30));
            case 4 -> Duration.ofDays(random.nextInt(1, 8));
            default -> Duration.ofSeconds(1);
        };
    }

    private static KeyCommand command(SplittableRandom random, Instant now) {
        KeyId key = KeyEvents.KEY;
        return switch (random.nextInt(18)) {
            case 0 -> new EnableKey(key);
            case 1, 2 -> new DisableKey(key);
            case 3 -> new UpdateKeyDescription(key, "description " + random.nextInt(3));
            case 4 -> new TagKey(key, tags(random));
            case 5 -> new UntagKey(key, List.copyOf(tags(random).keySet()));
            case 6 -> new SetDeletionProtection(key, random.nextInt(4) == 0, "reason " + random.nextInt(2));
            case 7, 8 -> new IssueImportParameters(key, WrappingAlgorithm.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048);
            case 9, 10, 11 ->
                new ImportKeyMaterial(
                        key, KeyPorts.drawnToken(random.nextInt(1, 8)), material(random), expiry(random, now));
            case 12 -> new DeleteKeyMaterial(key);
            case 13 -> new ExpireKeyMaterial(key);
            case 14 -> new ScheduleKeyDeletion(key, random.nextInt(7, 31));
            case 15, 16 -> new CancelKeyDeletion(key);
            default -> new DestroyKey(key);
        };
    }

    private static Map<String, String> tags(SplittableRandom random) {
        Map<String, String> tags = new HashMap<>();
        for (int i = random.nextInt(1, 9); i > 0; i--) {
            tags.put("tag" + random.nextInt(30), "value");
        }
        return tags;
    }

    private static UnwrappedMaterial material(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> KeyPorts.genuine(KeyPorts.OTHER_MATERIAL);
            case 1 -> KeyPorts.substitute(ErrorCode.INVALID_KEY_MATERIAL, "padding");
            default -> KeyPorts.genuine(KeyPorts.MATERIAL);
        };
    }

    private static @Nullable Instant expiry(SplittableRandom random, Instant now) {
        long second = now.getEpochSecond();
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> Instant.ofEpochSecond(second - 1);
            case 2 -> Instant.ofEpochSecond(second);
            case 3 -> Instant.ofEpochSecond(second + 1);
            default -> Instant.ofEpochSecond(second + random.nextInt(3_600, 1_000_000));
        };
    }

    /** The framework's own parts around the key, with its ports rolled back where a command is. */
    private static final class Ledger {

        private final KeyPorts ports;
        private final EventStore events = EmbeddedEventStore.builder()
                .storageEngine(new InMemoryEventStorageEngine())
                .build();
        private final SimpleCommandBus bus = SimpleCommandBus.builder().build();

        Ledger(KeyPorts ports) {
            this.ports = ports;
            ParameterResolverFactory parameters = MultiParameterResolverFactory.ordered(
                    ClasspathParameterResolverFactory.forClass(Cmk.class),
                    new SimpleResourceParameterResolverFactory(ports.all()));
            AggregateAnnotationCommandHandler.<Cmk>builder()
                    .aggregateType(Cmk.class)
                    .parameterResolverFactory(parameters)
                    .repository(EventSourcingRepository.builder(Cmk.class)
                            .parameterResolverFactory(parameters)
                            .eventStore(events)
                            .build())
                    .build()
                    .subscribe(bus);
        }

        /** Names of the events the command made, or the code it was refused with. */
        List<String> send(KeyCommand command) {
            Map<KeyVersionId, String> before = new HashMap<>(ports.stored);
            int known = stored().size();
            CommandResultMessage<?>[] answer = new CommandResultMessage<?>[1];
            bus.dispatch(GenericCommandMessage.asCommandMessage(command), (message, result) -> answer[0] = result);
            if (!answer[0].isExceptional()) {
                List<String> all = stored();
                return all.subList(known, all.size());
            }
            ports.stored = before;
            Throwable failure = answer[0].exceptionResult();
            if (failure instanceof Refusal refusal) {
                return List.of(refusal.code().code());
            }
            if (failure instanceof AggregateDeletedException) {
                return List.of("gone");
            }
            throw new AssertionError(failure);
        }

        private List<String> stored() {
            return events.readEvents(KeyEvents.KEY.toString())
                    .asStream()
                    .map(DomainEventMessage::getPayloadType)
                    .map(Class::getSimpleName)
                    .map(String.class::cast)
                    .toList();
        }
    }
}

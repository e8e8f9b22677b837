package dev.keyledger.cmk;

import dev.keyledger.cmk.KeyCommand.CancelKeyDeletion;
import dev.keyledger.cmk.KeyCommand.DeleteKeyMaterial;
import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyCommand.EnableKey;
import dev.keyledger.cmk.KeyCommand.ImportKeyMaterial;
import dev.keyledger.cmk.KeyCommand.IssueImportParameters;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import dev.keyledger.cmk.KeyCommand.SetDeletionProtection;
import dev.keyledger.cmk.KeyCommand.TagKey;
import dev.keyledger.cmk.KeyCommand.UntagKey;
import dev.keyledger.cmk.KeyCommand.UpdateKeyDescription;
import dev.keyledger.importing.ImportTokenId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A second, naive account of what a key does: plain fields and words of the vendor's pages, none of the code under test. It foretells the
 * answer to each command as an error code or as the names of the events, and the key as it is afterwards.
 */
final class KeyModel {

    /** What a command leads to: {@code "Rejected.Disabled"} or {@code "KeyDisabled"}; empty for success without an event. */
    private final List<String> facts = new ArrayList<>();

    private final boolean external;

    String state;

    @Nullable
    String material;

    private @Nullable String firstMaterial;
    private @Nullable Instant expiry;
    private @Nullable Instant deletion;
    private boolean isProtected;
    private String protectedWhy = "";
    private String description = "a key";
    private final TreeSet<String> tags = new TreeSet<>();
    private final Map<ImportTokenId, Instant> tokens = new HashMap<>();
    private int issuedTokens;

    KeyModel(boolean external) {
        this.external = external;
        this.state = external ? "PendingImport" : "Enabled";
        this.material = external ? null : "generated";
    }

    /** Foretells the command at an instant, and becomes the key after it. */
    List<String> foretell(KeyCommand command, Instant now, boolean held) {
        facts.clear();
        if (state.equals("gone")) {
            return List.of("gone");
        }
        String refusal = refusal(command, now);
        if (refusal != null) {
            return List.of(refusal);
        }
        if (due(now)) {
            loseMaterial("KeyMaterialExpired");
        }
        carryOut(command, now, held);
        return List.copyOf(facts);
    }

    private boolean due(Instant now) {
        return expiry != null && expiry.compareTo(now) <= 0;
    }

    private @Nullable String refusal(KeyCommand command, Instant now) {
        String effective = due(now) && !state.equals("PendingDeletion") ? "PendingImport" : state;
        boolean leaving = effective.equals("PendingDeletion");
        boolean waiting = effective.equals("PendingImport");
        if (command instanceof EnableKey || command instanceof DisableKey) {
            return leaving || waiting ? "Rejected.StateModifiedFailed" : null;
        }
        if (command instanceof ScheduleKeyDeletion) {
            return leaving || isProtected ? "Rejected.StateModifiedFailed" : null;
        }
        if (command instanceof CancelKeyDeletion) {
            return leaving ? null : "Rejected.StateModifiedFailed";
        }
        if (command instanceof TagKey tag) {
            TreeSet<String> all = new TreeSet<>(tags);
            all.addAll(tag.tags().keySet());
            return leaving ? "Rejected.PendingDeletion" : all.size() > 20 ? "Rejected.LimitExceeded" : null;
        }
        if (command instanceof UntagKey
                || command instanceof UpdateKeyDescription
                || command instanceof SetDeletionProtection) {
            return leaving ? "Rejected.PendingDeletion" : null;
        }
        if (command instanceof IssueImportParameters || command instanceof DeleteKeyMaterial) {
            return external ? null : "Unsupported.Origin";
        }
        return command instanceof ImportKeyMaterial bring ? refusalOfImport(bring, now, leaving) : null;
    }

    private @Nullable String refusalOfImport(ImportKeyMaterial bring, Instant now, boolean leaving) {
        if (bring.expiresAt() != null && bring.expiresAt().getEpochSecond() < now.getEpochSecond()) {
            return "InvalidParameter";
        }
        if (!external) {
            return "Unsupported.Origin";
        }
        if (leaving) {
            return "Rejected.StateModifiedFailed";
        }
        Instant lapse = tokens.get(bring.tokenId());
        if (lapse == null) {
            return "InvalidImportToken";
        }
        if (now.isAfter(lapse)) {
            return "ExpiredImportToken";
        }
        String brought = KeyPorts.text(bring.material().bytes());
        boolean fits = firstMaterial == null || firstMaterial.equals(brought);
        return bring.material().genuine() && fits ? null : "InvalidKeyMaterial";
    }

    private void carryOut(KeyCommand command, Instant now, boolean held) {
        if (command instanceof EnableKey && !state.equals("Enabled")) {
            become("Enabled", "KeyEnabled");
        } else if (command instanceof DisableKey && !state.equals("Disabled")) {
            become("Disabled", "KeyDisabled");
        } else if (command instanceof ScheduleKeyDeletion schedule) {
            deletion = now.plus(Duration.ofDays(schedule.pendingWindowInDays()));
            become("PendingDeletion", "KeyDeletionScheduled");
        } else if (command instanceof CancelKeyDeletion) {
            deletion = null;
            become(material == null ? "PendingImport" : "Enabled", "KeyDeletionCancelled");
        } else if (command instanceof TagKey tag) {
            facts.addAll(tags.addAll(tag.tags().keySet()) ? List.of("KeyTagsChanged") : List.of());
        } else if (command instanceof UntagKey untag) {
            facts.addAll(tags.removeAll(untag.tagKeys()) ? List.of("KeyTagsChanged") : List.of());
        } else if (command instanceof UpdateKeyDescription update) {
            facts.addAll(update.description().equals(description) ? List.of() : List.of("KeyDescriptionChanged"));
            description = update.description();
        } else if (command instanceof SetDeletionProtection protect) {
            String why = protect.enabled() ? protect.description() : "";
            boolean same = protect.enabled() == isProtected && why.equals(protectedWhy);
            facts.addAll(same ? List.of() : List.of("DeletionProtectionChanged"));
            isProtected = protect.enabled();
            protectedWhy = why;
        } else if (command instanceof IssueImportParameters) {
            tokens.put(KeyPorts.drawnToken(++issuedTokens), now.plus(Duration.ofDays(1)));
            facts.add("ImportParametersIssued");
        } else if (command instanceof DeleteKeyMaterial && material != null) {
            loseMaterial("KeyMaterialDeleted");
        } else if (command instanceof ImportKeyMaterial bring) {
            material = KeyPorts.text(bring.material().bytes());
            firstMaterial = material;
            expiry = bring.expiresAt();
            become(state.equals("PendingImport") ? "Enabled" : state, "KeyMaterialImported");
        } else if (command instanceof DestroyKey && deletion != null && !held && deletion.compareTo(now) <= 0) {
            material = null;
            become("gone", "KeyDestroyed");
        }
    }

    private void loseMaterial(String fact) {
        material = null;
        expiry = null;
        become(state.equals("PendingDeletion") ? state : "PendingImport", fact);
    }

    private void become(String next, String fact) {
        state = next;
        facts.add(fact);
    }
}

package dev.keyledger.model;

import dev.keyledger.model.Act.Brought;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A second, naive account of what a key does: plain fields and words of the vendor's pages, none of the code under test. It foretells the
 * answer to each act as an error code or as the names of the events, and the key as it is afterwards.
 */
public final class KeyModel {

    /** What an act leads to: {@code "Rejected.Disabled"} or {@code "KeyDisabled"}; empty for success without an event. */
    private final List<String> facts = new ArrayList<>();

    private final boolean external;

    private String state;
    private @Nullable Brought material;
    private @Nullable Brought firstMaterial;
    private @Nullable Instant expiry;
    private @Nullable Instant deletion;
    /** Hours before the expiry, or the deletion, at which notice may still be given, longest first. */
    private final List<Integer> expiryNotices = new ArrayList<>();

    private final List<Integer> deletionNotices = new ArrayList<>();
    private boolean isProtected;
    private String protectedWhy = "";
    private String description = "a key";
    private final TreeSet<String> tags = new TreeSet<>();

    /** When each token lapses, in the order issued. */
    private final List<Instant> tokens = new ArrayList<>();

    public KeyModel(boolean external) {
        this.external = external;
        this.state = external ? "PendingImport" : "Enabled";
        this.material = external ? null : Brought.OWN;
    }

    /** Whether this is an error code, and not events. */
    public static boolean refused(List<String> foretold) {
        return foretold.size() == 1
                && (foretold.get(0).equals("gone") || foretold.get(0).matches(".*\\..*|Invalid.*|Expired.*"));
    }

    /** The key at an instant. */
    public Seen see(Instant now) {
        if (state.equals("gone")) {
            return new Seen("gone", "", false, false, new TreeSet<>());
        }
        return new Seen(effective(now), description, isProtected, expiry != null && !due(now), new TreeSet<>(tags));
    }

    /** Foretells the act at an instant, and becomes the key after it. */
    public List<String> foretell(Act act, Instant now) {
        facts.clear();
        if (state.equals("gone")) {
            return nudge(act) ? List.of() : List.of("gone");
        }
        String refusal = refusal(act, now);
        if (refusal != null) {
            return List.of(refusal);
        }
        if (act instanceof Act.Use) {
            return List.of();
        }
        if (due(now)) {
            loseMaterial("KeyMaterialExpired");
        }
        carryOut(act, now);
        return List.copyOf(facts);
    }

    private static boolean nudge(Act act) {
        return act instanceof Act.Expire || act instanceof Act.Destroy || act instanceof Act.Notice;
    }

    private boolean due(Instant now) {
        return expiry != null && expiry.compareTo(now) <= 0;
    }

    private String effective(Instant now) {
        return due(now) && !state.equals("PendingDeletion") ? "PendingImport" : state;
    }

    private @Nullable String refusal(Act act, Instant now) {
        String effective = effective(now);
        boolean leaving = effective.equals("PendingDeletion");
        boolean waiting = effective.equals("PendingImport");
        if (act instanceof Act.Enable || act instanceof Act.Disable) {
            return leaving || waiting ? "Rejected.StateModifiedFailed" : null;
        }
        if (act instanceof Act.Schedule) {
            return leaving || isProtected ? "Rejected.StateModifiedFailed" : null;
        }
        if (act instanceof Act.Cancel) {
            return leaving ? null : "Rejected.StateModifiedFailed";
        }
        if (act instanceof Act.Use) {
            return effective.equals("Enabled") ? null : "Rejected." + effective;
        }
        if (act instanceof Act.Tag tag) {
            Set<String> all = new TreeSet<>(tags);
            all.addAll(tag.names());
            return leaving ? "Rejected.PendingDeletion" : all.size() > 20 ? "Rejected.LimitExceeded" : null;
        }
        if (act instanceof Act.Untag || act instanceof Act.Describe || act instanceof Act.Protect) {
            return leaving ? "Rejected.PendingDeletion" : null;
        }
        if (act instanceof Act.IssueParameters || act instanceof Act.DeleteMaterial) {
            return external ? null : "Unsupported.Origin";
        }
        return act instanceof Act.Import bring ? refusalOfImport(bring, now, leaving) : null;
    }

    private @Nullable String refusalOfImport(Act.Import bring, Instant now, boolean leaving) {
        if (bring.expiresIn() != null && bring.expiresIn().isNegative()) {
            return "InvalidParameter";
        }
        if (!external) {
            return "Unsupported.Origin";
        }
        if (leaving) {
            return "Rejected.StateModifiedFailed";
        }
        if (bring.token() > tokens.size()) {
            return "InvalidImportToken";
        }
        if (now.isAfter(tokens.get(bring.token() - 1))) {
            return "ExpiredImportToken";
        }
        boolean fits = firstMaterial == null || firstMaterial == bring.brought();
        return bring.brought() != Brought.GARBLED && fits ? null : "InvalidKeyMaterial";
    }

    private void carryOut(Act act, Instant now) {
        if (act instanceof Act.Enable && !state.equals("Enabled")) {
            become("Enabled", "KeyEnabled");
        } else if (act instanceof Act.Disable && !state.equals("Disabled")) {
            become("Disabled", "KeyDisabled");
        } else if (act instanceof Act.Schedule schedule) {
            deletion = now.plus(Duration.ofDays(schedule.days()));
            begin(deletionNotices, deletion, now);
            become("PendingDeletion", "KeyDeletionScheduled");
        } else if (act instanceof Act.Cancel) {
            deletion = null;
            become(material == null ? "PendingImport" : "Enabled", "KeyDeletionCancelled");
        } else if (act instanceof Act.Tag tag) {
            facts.addAll(tags.addAll(tag.names()) ? List.of("KeyTagsChanged") : List.of());
        } else if (act instanceof Act.Untag untag) {
            facts.addAll(tags.removeAll(untag.names()) ? List.of("KeyTagsChanged") : List.of());
        } else if (act instanceof Act.Describe update) {
            facts.addAll(update.description().equals(description) ? List.of() : List.of("KeyDescriptionChanged"));
            description = update.description();
        } else if (act instanceof Act.Protect protect) {
            String why = protect.on() ? protect.why() : "";
            boolean same = protect.on() == isProtected && why.equals(protectedWhy);
            facts.addAll(same ? List.of() : List.of("DeletionProtectionChanged"));
            isProtected = protect.on();
            protectedWhy = why;
        } else if (act instanceof Act.IssueParameters) {
            tokens.add(now.plus(Duration.ofDays(1)));
            facts.add("ImportParametersIssued");
        } else if (act instanceof Act.DeleteMaterial && material != null) {
            loseMaterial("KeyMaterialDeleted");
        } else if (act instanceof Act.Import bring) {
            material = bring.brought();
            firstMaterial = material;
            Duration expiresIn = bring.expiresIn();
            expiry = expiresIn == null ? null : expiryOf(expiresIn, now);
            begin(expiryNotices, expiry, now);
            become(state.equals("PendingImport") ? "Enabled" : state, "KeyMaterialImported");
        } else if (act instanceof Act.Notice notice) {
            notice(notice.ofExpiry(), now);
        } else if (act instanceof Act.Destroy destroy
                && !destroy.held()
                && deletion != null
                && deletion.compareTo(now) <= 0) {
            material = null;
            become("gone", "KeyDestroyed");
        }
    }

    /** What is past already when a date is set is no news. */
    private static void begin(List<Integer> notices, @Nullable Instant date, Instant now) {
        notices.clear();
        for (int hours : List.of(30 * 24, 7 * 24, 24, 1)) {
            if (date != null && Duration.between(now, date).compareTo(Duration.ofHours(hours)) > 0) {
                notices.add(hours);
            }
        }
    }

    /** All that were missed are settled by one. */
    private void notice(boolean ofExpiry, Instant now) {
        Instant date = ofExpiry ? expiry : deletion;
        List<Integer> notices = ofExpiry ? expiryNotices : deletionNotices;
        if (date != null
                && date.isAfter(now)
                && notices.removeIf(hours -> Duration.between(now, date).compareTo(Duration.ofHours(hours)) <= 0)) {
            facts.add(ofExpiry ? "KeyExpiryNear" : "KeyDeletionNear");
        }
    }

    /** The wire has whole seconds. */
    public static Instant expiryOf(Duration expiresIn, Instant now) {
        return Instant.ofEpochSecond(now.getEpochSecond() + expiresIn.toSeconds());
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

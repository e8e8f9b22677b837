package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One record as handed to the statement that decides and writes it: what is known of it before. Made on its request's own thread, so that
 * whoever commits a batch has only to pass it on.
 *
 * @param rememberedAccessKey the access key, if it was found in memory and whether it still counts is decided by the statement; else null
 * @param nonceHash lower-case hexadecimal; null if there is no nonce to be used up
 * @param describing the first key touched is to come back as it is
 * @param furtherKeys more than one key is touched
 * @param change the record has what only those of changes have: events, a warning about material, an instant of destruction
 * @param line the columns, as PostgreSQL's text of an array of texts, in the order in which {@link JournalStatement} reads them
 */
record JournalEntry(
        String requestId,
        @Nullable String rememberedAccessKey,
        @Nullable String nonceHash,
        boolean describing,
        boolean furtherKeys,
        boolean change,
        String line) {

    /** What must be true of a key that a request touches. */
    enum Demand {
        /** Nothing: the key is named, and need not exist. */
        NONE,
        /** It exists; its present row comes back with the decision. Only of the first key. */
        DESCRIBED,
        /** It may be used, with the material that was used. Only of the first two keys. */
        USED
    }

    /**
     * A key that a request touches.
     *
     * @param seenVersion sequence number of the key's last event as the request saw it; null if the statement is to look
     * @param usedVersion the version whose material was used; null if there was none to use
     */
    record Touch(
            UUID keyId,
            Demand demand,
            @Nullable Long seenVersion,
            @Nullable UUID usedVersion) {}

    /** The record of a request that touches keys without a demand. */
    static JournalEntry of(AuditDraft draft, Outcome outcome, AuditRecords.Covered covered) {
        return of(RecordColumns.of(draft, outcome, covered));
    }

    /**
     * The record of a request.
     *
     * @param outcome what the record says if neither the sender nor a key's state says otherwise
     * @param touches in the order of the record's keys, no key twice
     */
    static JournalEntry of(AuditDraft draft, Outcome outcome, AuditRecords.Covered covered, List<Touch> touches) {
        return of(RecordColumns.of(draft, outcome, covered, touches));
    }

    private static JournalEntry of(RecordColumns record) {
        List<Touch> touches = record.touches();
        Line line = new Line()
                .add(record.requestId())
                .add(record.principal())
                .add(record.accessKeyId())
                .add(record.accessKeyRemembered())
                .add(record.authMethod())
                .add(record.nonceHash())
                .add(record.nonceHour())
                .add(record.sourceIp())
                .add(record.userAgent())
                .add(record.action())
                .touch(touches, 0)
                .touch(touches, 1)
                .add(moreKeys(touches))
                .add(moreVersions(touches))
                .add(record.keyVersionId())
                .add(record.aliasUsed())
                .add(record.outcomeWord())
                .add(record.outcome().error() == null ? null : record.outcome().errorCode())
                .add(record.reason())
                .add(record.callerReason())
                .add(record.context())
                .add(record.destinationContext())
                .add(record.digest())
                .add(record.inputSize())
                .add(record.outputSize())
                .add(record.eventIds())
                .add(record.eventDigests())
                .add(record.weakMaterial())
                .add(record.unrecoverableAfter());
        return new JournalEntry(
                record.requestId(),
                record.accessKeyRemembered() ? record.accessKeyId() : null,
                record.nonceHash(),
                !touches.isEmpty() && touches.get(0).demand() == Demand.DESCRIBED,
                touches.size() > 1,
                record.isOfChange(),
                line.close());
    }

    private static @Nullable String moreKeys(List<Touch> touches) {
        if (touches.size() <= 2) {
            return null;
        }
        StringJoiner array = new StringJoiner(",", "{", "}");
        touches.subList(2, touches.size())
                .forEach(touch -> array.add(touch.keyId().toString()));
        return array.toString();
    }

    /** The versions of the third and further keys as the request saw them; null if the statement has to look. */
    private static @Nullable String moreVersions(List<Touch> touches) {
        if (touches.size() <= 2) {
            return null;
        }
        StringJoiner array = new StringJoiner(",", "{", "}");
        for (Touch touch : touches.subList(2, touches.size())) {
            if (touch.seenVersion() == null) {
                return null;
            }
            array.add(touch.seenVersion().toString());
        }
        return array.toString();
    }

    /** The text of an array of texts, element by element. */
    private static final class Line {

        private final StringBuilder text = new StringBuilder(512).append('{');

        Line add(@Nullable Object value) {
            if (text.length() > 1) {
                text.append(',');
            }
            if (value == null) {
                text.append("NULL");
                return this;
            }
            text.append('"');
            String plain = value.toString();
            if (plain.indexOf('"') < 0 && plain.indexOf('\\') < 0) {
                text.append(plain);
            } else {
                escaped(plain);
            }
            text.append('"');
            return this;
        }

        private void escaped(String plain) {
            for (int i = 0; i < plain.length(); i++) {
                char c = plain.charAt(i);
                if (c == '"' || c == '\\') {
                    text.append('\\');
                }
                text.append(c);
            }
        }

        Line touch(List<Touch> touches, int number) {
            if (number >= touches.size()) {
                return add(null).add(null).add(null).add(null);
            }
            Touch touch = touches.get(number);
            return add(touch.keyId())
                    .add(demand(touch.demand()))
                    .add(touch.seenVersion())
                    .add(touch.usedVersion());
        }

        private static int demand(Demand demand) {
            return switch (demand) {
                case NONE -> 0;
                case DESCRIBED -> 1;
                case USED -> 2;
            };
        }

        String close() {
            return text.append('}').toString();
        }
    }

    @Override
    public String toString() {
        return "JournalEntry[" + requestId + "]";
    }
}

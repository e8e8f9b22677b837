package dev.keyledger.evidence.bundle;

import java.util.OptionalLong;

/** A bundle that is not what the log has signed, or not in its form. The message says where and why, and quotes nothing of a record. */
public final class BundleRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final long logIndex;

    /**
     * @param logIndex the first record that is bad or not vouched for; negative if that cannot be told, and then none is
     * @param message what does not hold
     */
    BundleRefusedException(long logIndex, String message) {
        super(message);
        this.logIndex = logIndex;
    }

    /** A finding, and what it was suspected for before. */
    static BundleRefusedException at(BundleRefusedException finding, String suspicion) {
        return new BundleRefusedException(finding.logIndex, finding.getMessage() + "; " + suspicion);
    }

    /** The first place of the log that is not what was signed, or for which nothing vouches; empty if there is none in particular. */
    public OptionalLong logIndex() {
        return logIndex < 0 ? OptionalLong.empty() : OptionalLong.of(logIndex);
    }
}

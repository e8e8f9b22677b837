package dev.keyledger.evidence.note;

/** A well-formed note that nobody one trusts stands behind, or that somebody pretends a trusted key signed. */
public final class UnverifiedNoteException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    UnverifiedNoteException(String message) {
        super(message);
    }
}

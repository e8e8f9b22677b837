package dev.keyledger.material;

/** A wrapped secret did not open: wrong key, moved row or changed bytes. A fault of the store or its configuration, never a caller's. */
public final class SecretUnwrapException extends RuntimeException {

    public SecretUnwrapException(String what) {
        super(what);
    }
}

package dev.keyledger.evidence.note;

import dev.keyledger.evidence.GoldenFile;
import java.util.HexFormat;

/** The keys of the golden files: those of RFC 8032 §7.1, known to all the world. */
public final class SampleKeys {

    /** Name and origin of the sample log. */
    public static final String ORIGIN = "log.keyledger.example";

    /** TEST 1. */
    static final byte[] SEED =
            HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

    /** TEST 1. */
    static final byte[] PUBLIC =
            HexFormat.of().parseHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

    /** TEST 2. */
    static final byte[] OTHER_SEED =
            HexFormat.of().parseHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");

    /** TEST 2. */
    static final byte[] OTHER_PUBLIC =
            HexFormat.of().parseHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");

    /** Of the sample log. */
    public static final VerifierKey KEY = VerifierKey.of(ORIGIN, PUBLIC);

    /** Of somebody else. */
    public static final VerifierKey OTHER = VerifierKey.of("other.keyledger.example", OTHER_PUBLIC);

    private SampleKeys() {}

    /** The sample log. */
    public static NoteSigner signer() {
        return new NoteSigner(KEY, Ed25519.privateKey(SEED));
    }

    /** Somebody else. */
    public static NoteSigner otherSigner() {
        return new NoteSigner(OTHER, Ed25519.privateKey(OTHER_SEED));
    }

    /** The published checkpoint of seventy thousand records. */
    static SignedNote goldenCheckpoint() {
        return SignedNote.parse(GoldenFile.bytes("checkpoint.txt"));
    }
}

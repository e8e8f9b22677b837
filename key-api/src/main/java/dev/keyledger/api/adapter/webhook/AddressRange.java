package dev.keyledger.api.adapter.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A range of addresses, in CIDR notation.
 *
 * @param prefix how many leading bits an address has in common with all others
 */
record AddressRange(InetAddress address, int prefix) {

    /** What can only be a literal address: everything else would be looked up as a name. */
    private static final Pattern LITERAL =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]*(\\.[0-9]{1,3}){0,3}");

    /** The range of a text; empty for any other text. */
    static Optional<AddressRange> parse(String cidr) {
        String[] parts = cidr.split("/", 2);
        if (!LITERAL.matcher(parts[0]).matches()) {
            return Optional.empty();
        }
        try {
            InetAddress address = InetAddress.getByName(parts[0]);
            int bits = address.getAddress().length * Byte.SIZE;
            int prefix = parts.length == 1 ? bits : Integer.parseInt(parts[1]);
            return prefix < 0 || prefix > bits ? Optional.empty() : Optional.of(new AddressRange(address, prefix));
        } catch (UnknownHostException | NumberFormatException malformed) {
            return Optional.empty();
        }
    }

    static AddressRange of(String cidr) {
        return parse(cidr).orElseThrow(() -> new IllegalArgumentException("no range of addresses: " + cidr));
    }

    boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            if (((mine[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}

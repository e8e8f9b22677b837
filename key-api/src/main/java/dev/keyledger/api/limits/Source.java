package dev.keyledger.api.limits;

/** Whom an address is counted as. */
final class Source {

    /** Colons of an address, of which the first four end the groups that name a network of one customer. */
    private static final int NETWORK_GROUPS = 4;

    private Source() {}

    /**
     * An IPv4 address is itself; an IPv6 address is its network of 64 bits, within which one client may choose freely.
     *
     * @param address numeric; of version 6 with all its eight groups, as the platform writes it
     */
    static String of(String address) {
        int end = -1;
        for (int group = 0; group < NETWORK_GROUPS; group++) {
            end = address.indexOf(':', end + 1);
            if (end < 0) {
                return address;
            }
        }
        return address.substring(0, end) + "::/64";
    }
}

/** Where the root key comes from. Each provider passes the contract suite of the RootKeyProvider port. */
@NullMarked
package dev.keyledger.api.adapter.rootkey;

import org.jspecify.annotations.NullMarked;

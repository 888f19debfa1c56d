package cipherlane;

import java.util.Objects;

/**
 * Key blocks under one protection key (KBPK, 密钥块保护密钥): TR-31:2018 and ANSI X9.143:2021. One thread at a time; wiped
 * when closed.
 */
public final class KeyBlocks implements AutoCloseable {
    /** Which cipher and MAC. */
    public enum Version {
        /** TDES, with variants of the protection key: of old. */
        A,
        /** TDES, with derived keys. */
        B,
        /** TDES, with variants: as A, of the standard's name. */
        C,
        /** AES. */
        D
    }

    private final Handle handle;

    private KeyBlocks(long token) { handle = new Handle(this, "the key blocks", token, Native::keyBlocksClose); }

    /**
     * Wraps and unwraps under a key.
     *
     * @param protection of {@link Key.Purpose#BLOCK}; may be closed afterwards
     * @param version A to C of TDES, D of AES
     * @return them
     */
    public static KeyBlocks under(Key protection, Version version) {
        return new KeyBlocks(
                protection.use(token -> Native.keyBlocksCreate(token, 'A' + version.ordinal())));
    }

    /**
     * A new block of a clear key.
     *
     * @param header a block's first 16 characters, optional blocks behind them; its version and length are not looked
     *     at: "D0000P0AE00E0000"
     * @param key the clear key; the caller wipes it
     * @return the block
     */
    public String wrap(String header, byte[] key) {
        Objects.requireNonNull(key, "key");
        return handle.text(this, token -> Native.keyBlocks(0, token, Native.text(header), key, 0));
    }

    /** The clear key of a block whose MAC is right: for simulators and tools. The caller wipes it. */
    public byte[] unwrap(String block) {
        return handle.use(this, token -> Native.keyBlocks(1, token, Native.text(block), null, 0));
    }

    /**
     * The same as a key, whose usage in the header must be one of its purpose.
     *
     * @param block the block
     * @param purpose what the key is to be for
     * @param policy "cup-pos", "legacy" or "pci"
     * @return the key
     */
    public Key unwrap(String block, Key.Purpose purpose, String policy) {
        return Key.at(handle.use(this,
                token -> Native.keyBlocksUnwrapKey(token, Native.text(block), purpose.number(), Native.text(policy))));
    }

    /** The same key in a block under another protection key; nothing is seen of it. */
    public String rewrap(String block, KeyBlocks target, String policy) {
        return handle.text(this,
                from -> target.handle.use(target,
                        to -> Native.keyBlocks(2, from, Native.text(block), Native.text(policy), to)));
    }

    /** A block's header in words, as JSON; needs no key. */
    public static String inspect(String block) {
        return Native.text(Native.keyBlocks(3, 0, Native.text(block), null, 0));
    }

    @Override
    public void close() { handle.close(); }
}

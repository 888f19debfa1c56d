package cipherlane;

import java.util.Objects;

/**
 * A key in this process, for what it is for alone: simulators, test hosts, a till's own. Keys of production belong in
 * a cipher machine ({@link Hsm}) or a PIN pad. One thread at a time; wiped when closed.
 */
public final class Key implements AutoCloseable {
    /** What a key is for. */
    public enum Purpose {
        /** TPK, ZPK. */
        PIN(0),
        /** TAK, ZAK. */
        MAC(1),
        /** TDK, DEK. */
        DATA(2),
        /** TMK, ZMK, LMK. */
        KEY(3),
        /** KBPK of key blocks. */
        BLOCK(4),
        /** BDK of DUKPT. */
        DERIVATION(5);

        private final int number;

        Purpose(int number) { this.number = number; }

        int number() { return number; }
    }

    /** Its cipher. */
    public enum Algorithm {
        /** DES: for the old alone. */
        DES,
        /** 3DES. */
        TDES,
        /** AES. */
        AES,
        /** SM4 (国密). */
        SM4
    }

    /** Which MAC. */
    public enum Mac {
        /** ISO/IEC 9797-1 algorithm 1. */
        CBC,
        /** Algorithm 3. */
        RETAIL,
        /** SP 800-38B. */
        CMAC,
        /** UnionPay POS, the first 8 hex characters. */
        UNIONPAY_ASCII,
        /** UnionPay POS, the first 8 bytes. */
        UNIONPAY_RAW
    }

    private final Handle handle;

    private Key(long token) { handle = new Handle(this, "the key", token, Native::keyClose); }

    /** One that the library has made. */
    static Key at(long token) { return new Key(token); }

    /** What is done with its token. */
    <T> T use(Handle.Use<T> what) { return handle.use(this, what); }

    /**
     * A key of its bytes.
     *
     * @param purpose what it is for
     * @param algorithm its cipher
     * @param material copied; the caller wipes it
     * @param policy "cup-pos", "legacy" or "pci"
     * @return the key
     */
    public static Key of(Purpose purpose, Algorithm algorithm, byte[] material, String policy) {
        Objects.requireNonNull(material, "material");
        return new Key(Native.keyCreate(purpose.number, algorithm.ordinal(), material, Native.text(policy)));
    }

    /** The first bytes of zeros encrypted (KCV, 校验值). */
    public byte[] checkValue(int length) {
        return handle.use(this, token -> Native.keyCheckValue(token, 0, positive(length)));
    }

    /** A MAC; {@code padding} is the method of ISO/IEC 9797-1, 1 to 3. */
    public byte[] makeMac(Mac algorithm, int padding, byte[] data) {
        Objects.requireNonNull(data, "data");
        return handle.use(this, token -> Native.macMake(token, algorithm.ordinal(), padding, data));
    }

    /** Is a MAC right? In constant time; {@code length} is how many bytes it must have. */
    public boolean verifyMac(Mac algorithm, int padding, byte[] data, byte[] mac, int length) {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(mac, "mac");
        return handle.use(
                this, token -> Native.macVerify(token, algorithm.ordinal(), padding, data, mac, positive(length)));
    }

    /** A PIN block from this key to another one. */
    public byte[] translatePin(PinFormat format, byte[] pinBlock, Key target, PinFormat targetFormat, char[] card) {
        Objects.requireNonNull(pinBlock, "pinBlock");
        byte[] digits = Cipherlane.digits(card);
        try {
            return handle.use(this,
                    from -> target.handle.use(target,
                            to -> Native.pinTranslate(
                                    from, format.ordinal(), pinBlock, to, targetFormat.ordinal(), digits)));
        } finally {
            Cipherlane.wipe(digits);
        }
    }

    /** A digest: "SHA256", "SM3". */
    public static byte[] digest(String algorithm, byte[] data) {
        Objects.requireNonNull(data, "data");
        return Native.digest(Native.text(algorithm), data);
    }

    private static int positive(int length) {
        if (length < 1) throw new IllegalArgumentException("length " + length);
        return length;
    }

    @Override
    public void close() { handle.close(); }
}

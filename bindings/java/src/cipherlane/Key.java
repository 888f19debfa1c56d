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
        DERIVATION(5),
        /** PVK. */
        PVV(7),
        /** CVK. */
        CVV(8);

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

    /** The key of one DUKPT transaction (ANSI X9.24-1; TDES) of this BDK and a serial number of 10 bytes. */
    public Key ofTransaction(byte[] serialNumber, Purpose purpose) {
        Objects.requireNonNull(serialNumber, "serialNumber");
        return new Key(handle.use(this, token -> Native.keyOfTransaction(token, serialNumber, purpose.number)));
    }

    /** As many bytes as go in, without padding; {@code iv} may be null. */
    public byte[] encrypt(CipherMode mode, byte[] iv, byte[] data) { return data(0, mode.ordinal(), iv, data); }

    /** The other way. What comes is the caller's to wipe. */
    public byte[] decrypt(CipherMode mode, byte[] iv, byte[] data) { return data(1, mode.ordinal(), iv, data); }

    /** AES-GCM with a fresh nonce: 28 bytes longer. {@code bound}, which may be null, must be given again to open. */
    public byte[] seal(byte[] bound, byte[] clear) { return data(2, 0, bound, clear); }

    /** What was sealed. A bit that has changed is {@link CipherlaneException}. */
    public byte[] open(byte[] bound, byte[] sealed) { return data(3, 0, bound, sealed); }

    private byte[] data(int what, int mode, byte[] first, byte[] data) {
        Objects.requireNonNull(data, "data");
        return handle.use(this, token -> Native.keyData(what, token, mode, first, data));
    }

    /** A PIN block: for simulators and tests, since a clear PIN belongs inside a secure device. */
    public byte[] encryptPin(PinFormat format, char[] pin, char[] card) {
        byte[] digits = Cipherlane.digits(pin);
        byte[] number = Cipherlane.digits(card);
        try {
            return handle.use(this, token -> Native.pinEncrypt(token, format.number(), digits, number));
        } finally {
            Cipherlane.wipe(digits, number);
        }
    }

    /** The PIN of a block, as digits that the caller wipes. */
    public char[] decryptPin(PinFormat format, byte[] pinBlock, char[] card) {
        Objects.requireNonNull(pinBlock, "pinBlock");
        byte[] number = Cipherlane.digits(card);
        byte[] pin = new byte[0];
        try {
            pin = handle.use(this, token -> Native.pinDecrypt(token, format.number(), pinBlock, number));
            char[] made = new char[pin.length];
            for (int i = 0; i < made.length; ++i) made[i] = (char) pin[i];
            return made;
        } finally {
            Cipherlane.wipe(number, pin);
        }
    }

    /** Visa's PVV of a PIN, 4 digits; {@code keyIndex} is 0 to 9. */
    public String pvv(char[] card, int keyIndex, char[] pin) {
        byte[] number = Cipherlane.digits(card);
        byte[] digits = Cipherlane.digits(pin);
        try {
            return handle.text(this, token -> Native.cardValue(0, token, number, digits, null, keyIndex));
        } finally {
            Cipherlane.wipe(number, digits);
        }
    }

    /** CVV, 3 digits: of an expiry date as the scheme orders it ("YYMM", for CVV2 "MMYY") and a service code (CVV2 "000", iCVV "999"). */
    public String cvv(char[] card, String expiry, String service) {
        byte[] number = Cipherlane.digits(card);
        try {
            return handle.text(this,
                    token -> Native.cardValue(1, token, number, Native.text(expiry), Native.text(service), 0));
        } finally {
            Cipherlane.wipe(number);
        }
    }

    /** A PIN block from this key to another one. */
    public byte[] translatePin(PinFormat format, byte[] pinBlock, Key target, PinFormat targetFormat, char[] card) {
        Objects.requireNonNull(pinBlock, "pinBlock");
        byte[] digits = Cipherlane.digits(card);
        try {
            return handle.use(this,
                    from -> target.handle.use(target,
                            to -> Native.pinTranslate(
                                    from, format.number(), pinBlock, to, targetFormat.number(), digits)));
        } finally {
            Cipherlane.wipe(digits);
        }
    }

    /** A digest: "SHA256", "SM3". */
    public static byte[] digest(String algorithm, byte[] data) {
        Objects.requireNonNull(data, "data");
        return Native.digest(Native.text(algorithm), data);
    }

    /** A key of its components (分量), of one length: XOR of at least two. The caller wipes all of them, and it. */
    public static byte[] combine(byte[]... components) {
        int size = components.length == 0 ? 0 : components[0].length;
        byte[] all = new byte[size * components.length];
        try {
            for (int i = 0; i < components.length; ++i) {
                if (components[i].length != size) throw new IllegalArgumentException("components of several lengths");
                System.arraycopy(components[i], 0, all, i * size, size);
            }
            return Native.combine(all, components.length, size);
        } finally {
            Cipherlane.wipe(all);
        }
    }

    private static int positive(int length) {
        if (length < 1) throw new IllegalArgumentException("length " + length);
        return length;
    }

    @Override
    public void close() { handle.close(); }
}

package cipherlane;

import java.util.Objects;

/**
 * A MAC over a whole message.
 *
 * @param keyType {@link KeyType#TAK} or {@link KeyType#ZAK}
 * @param key as the unit hands it out
 * @param algorithm which MAC
 * @param padding of the last block
 * @param data the message
 */
public record MakeMac(KeyType keyType, String key, MacAlgorithm algorithm, MacPadding padding, byte[] data) {
    /** Judges what is there at all. */
    public MakeMac {
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(algorithm, "algorithm");
        Objects.requireNonNull(padding, "padding");
        Objects.requireNonNull(data, "data");
    }

    /** The retail MAC of a terminal. */
    public MakeMac(String key, byte[] data) {
        this(KeyType.TAK, key, MacAlgorithm.X919, MacPadding.ZEROS, data);
    }

    /** Without the data. */
    @Override
    public String toString() { return "MakeMac[" + keyType + ", " + algorithm + ", " + data.length + " bytes]"; }
}

package cipherlane;

import java.util.Objects;
import java.util.Optional;

/** EMV TLV: the objects of field 55. */
public final class Tlv {
    private static final int NO_FIELD = 6; // of the C interface

    private Tlv() {}

    /**
     * Everything, templates included, as JSON: {@code [{"tag": "9F26", "name": …, "value": "hex", …}, …]}. Card data is
     * left out, card numbers are masked.
     */
    public static String toJson(byte[] data) {
        return Native.text(Native.tlv(0, Objects.requireNonNull(data, "data"), 0));
    }

    /** The value of the first object with this tag (0x9F26) at any depth. */
    public static Optional<byte[]> find(byte[] data, int tag) {
        Objects.requireNonNull(data, "data");
        try {
            return Optional.of(Native.tlv(1, data, tag));
        } catch (CipherlaneException why) {
            if (why.layer().equals("c") && why.code() == NO_FIELD) return Optional.empty();
            throw why;
        }
    }

    /** One object: tag, length, value. */
    public static byte[] object(int tag, byte[] value) {
        return Native.tlvObject(tag, Objects.requireNonNull(value, "value"));
    }
}

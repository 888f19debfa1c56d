package cipherlane;

import java.util.Objects;

/**
 * A PIN block from one PIN key to another (转加密).
 *
 * @param sourceType {@link KeyType#TPK} or {@link KeyType#ZPK}
 * @param sourceKey as the unit hands it out: "U…"
 * @param targetKey a ZPK, likewise
 * @param sourceFormat of {@code pinBlock}
 * @param targetFormat of the result
 * @param pinBlock 8 bytes; 16 of format 4
 * @param card the whole card number, 13 to 19 digits; the caller wipes it
 */
public record TranslatePin(KeyType sourceType, String sourceKey, String targetKey, PinFormat sourceFormat,
        PinFormat targetFormat, byte[] pinBlock, char[] card) {
    /** Judges what is there at all; what it says is judged by the pool. */
    public TranslatePin {
        Objects.requireNonNull(sourceType, "sourceType");
        Objects.requireNonNull(sourceKey, "sourceKey");
        Objects.requireNonNull(targetKey, "targetKey");
        Objects.requireNonNull(sourceFormat, "sourceFormat");
        Objects.requireNonNull(targetFormat, "targetFormat");
        Objects.requireNonNull(pinBlock, "pinBlock");
        Objects.requireNonNull(card, "card");
    }

    /** From a terminal's key, format 0 to format 0. */
    public TranslatePin(String terminalKey, String zoneKey, byte[] pinBlock, char[] card) {
        this(KeyType.TPK, terminalKey, zoneKey, PinFormat.ISO0, PinFormat.ISO0, pinBlock, card);
    }

    /** Without the card number and the block. */
    @Override
    public String toString() { return "TranslatePin[" + sourceType + " to ZPK]"; }
}

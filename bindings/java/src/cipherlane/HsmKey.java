package cipherlane;

import java.util.HexFormat;

/**
 * What a key command gave, as the dialect writes it.
 *
 * @param underLmk under the local master key; empty where only an export was asked for
 * @param exported under the zone or terminal master key; empty where nothing was exported
 * @param checkValue KCV (校验值); empty where the unit tells none
 * @param warning the unit's code, "01": imported although its parity is not odd; empty where all is well
 */
public record HsmKey(String underLmk, String exported, byte[] checkValue, String warning) {
    static HsmKey of(HsmReply reply) {
        return new HsmKey(reply.textOrEmpty("key"), reply.textOrEmpty("exported_key"),
                reply.names().contains("check_value") ? reply.bytes("check_value") : new byte[0],
                reply.textOrEmpty("warning"));
    }

    /** Its check value alone. */
    @Override
    public String toString() {
        return "HsmKey[check value " + HexFormat.of().formatHex(checkValue) + "]";
    }
}

package cipherlane;

import java.util.List;

/** Payment codes: texts of merchant-presented EMV codes (商户主扫码), and their symbols. */
public final class Qr {
    private Qr() {}

    /** Fields as JSON, {@code {"00": "01", …}} without the CRC, to the text with it. */
    public static String encode(String json) { return Native.text(Native.qr(0, Native.text(json), 0)); }

    /** The other way. A broken syntax and a wrong CRC are told apart. */
    public static String decode(String text) { return Native.text(Native.qr(1, Native.text(text), 0)); }

    /** What a payload breaks of the specification, as JSON; "[]" where nothing. */
    public static String check(String text) { return Native.text(Native.qr(2, Native.text(text), 0)); }

    /** What a scanned text can be: "emv_merchant", "wechat_payment_code". */
    public static List<String> kinds(String text) {
        return Native.text(Native.qr(3, Native.text(text), 0)).lines().toList();
    }

    /** A symbol as a PNG, {@code scale} (1 to 64) pixels a module. */
    public static byte[] png(String text, int scale) { return Native.qr(4, Native.text(text), scale); }
}

package cipherlane;

import java.util.List;

/** What is plugged in, and what can drive it. */
public final class Devices {
    private Devices() {}

    /**
     * What is plugged in, as JSON: {@code [{"path": …, "identity": …, "drivers": […], "reason": …}, …]}; the reason says
     * why one cannot be opened. Opens no line.
     */
    public static String list() { return Native.text(Native.devices(null)); }

    /** The drivers of "display", "pinpad" or "terminal". */
    public static List<String> drivers(String kind) {
        return Native.text(Native.devices(Native.text(kind))).lines().toList();
    }
}

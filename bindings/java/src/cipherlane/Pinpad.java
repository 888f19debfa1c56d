package cipherlane;

import java.time.Duration;

/** A PIN pad by driver and address. One thread at a time. Cards and PINs are the {@link Till}'s. */
public final class Pinpad implements AutoCloseable {
    private final Handle handle;

    private Pinpad(long token) { handle = new Handle(this, "the PIN pad", token, of -> Native.deviceClose(1, of)); }

    /**
     * Opens it.
     *
     * @param driver one of {@code Devices.drivers("pinpad")}
     * @param address as of {@link Display#open}
     * @param limit for all of it
     * @return the pad
     */
    public static Pinpad open(String driver, String address, Duration limit) {
        byte[] by = Native.text(driver);
        byte[] at = Native.text(address);
        return new Pinpad(Waiting.away(() -> Native.deviceOpen(1, by, at, Native.millis(limit))));
    }

    /** One line, or two where the second is not null. */
    public void showText(String line1, String line2, Duration limit) {
        byte[] one = Native.text(line1);
        byte[] two = line2 == null ? null : Native.text(line2);
        Waiting.away(() -> handle.use(this, token -> {
            Native.deviceShow(6, token, one, two, 0, 0, 0, Native.millis(limit));
            return null;
        }));
    }

    /** Whether it is there still; asks the system, never the pad. */
    public boolean attached() { return handle.use(this, Native::pinpadAttached); }

    @Override
    public void close() { handle.close(); }
}

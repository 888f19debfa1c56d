package cipherlane;

import java.time.Duration;

/** A card terminal by driver and address. One thread at a time. Payments at it are the {@link Till}'s. */
public final class Terminal implements AutoCloseable {
    private final Handle handle;

    private Terminal(long token) { handle = new Handle(this, "the terminal", token, of -> Native.deviceClose(2, of)); }

    /**
     * Opens it.
     *
     * @param driver one of {@code Devices.drivers("terminal")}
     * @param address as of {@link Display#open}
     * @param limit for all of it
     * @return the terminal
     */
    public static Terminal open(String driver, String address, Duration limit) {
        byte[] by = Native.text(driver);
        byte[] at = Native.text(address);
        return new Terminal(Waiting.away(() -> Native.deviceOpen(2, by, at, Native.millis(limit))));
    }

    /** Which terminal it is, in words that stay the same as long as it is the same one. */
    public String identity() { return handle.text(this, token -> Native.deviceAsk(1, token, 0)); }

    /** What its last transaction is, in its own words; empty from one that cannot tell. */
    public String lastDone(Duration limit) {
        return Waiting.away(() -> handle.text(this, token -> Native.deviceAsk(2, token, Native.millis(limit))));
    }

    @Override
    public void close() { handle.close(); }
}

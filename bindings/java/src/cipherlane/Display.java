package cipherlane;

import java.time.Duration;
import java.util.Objects;

/**
 * A display at the counter (动态码牌), by driver and address, without a till around it. One thread at a time. Amounts are
 * in minor units, currencies numbers of ISO 4217.
 */
public final class Display implements AutoCloseable {
    /** The outcome of a payment, as it is shown. */
    public enum Shown {
        /** It is paid. */
        APPROVED,
        /** The host said no. */
        DECLINED,
        /** Somebody ended it. */
        CANCELLED,
        /** Its time was over. */
        EXPIRED,
        /** Nobody knows yet. */
        UNKNOWN
    }

    private final Handle handle;

    private Display(long token) { handle = new Handle(this, "the display", token, of -> Native.deviceClose(0, of)); }

    /**
     * Opens it.
     *
     * @param driver one of {@code Devices.drivers("display")}
     * @param address "/dev/serial/by-id/…", "usb:VENDOR:PRODUCT", "hid:VENDOR:PRODUCT", "tcp:HOST:PORT"
     * @param limit for all of it
     * @return the display
     */
    public static Display open(String driver, String address, Duration limit) {
        byte[] by = Native.text(driver);
        byte[] at = Native.text(address);
        return new Display(Waiting.away(() -> Native.deviceOpen(0, by, at, Native.millis(limit))));
    }

    /** A payment code, with an amount unless that is 0, and a payee unless that is null. */
    public void showCode(String text, long amount, int currency, String payee, Duration limit) {
        show(0, text, payee, amount, currency, 0, limit);
    }

    /** One line, or two where the second is not null. */
    public void showText(String line1, String line2, Duration limit) { show(1, line1, line2, 0, 0, 0, limit); }

    /** An amount alone. */
    public void showAmount(long amount, int currency, Duration limit) {
        show(2, null, null, amount, currency, 0, limit);
    }

    /** How a payment ended. */
    public void showOutcome(Shown outcome, long amount, int currency, Duration limit) {
        show(3, null, null, amount, currency, Objects.requireNonNull(outcome, "outcome").ordinal(), limit);
    }

    /** Nothing. */
    public void clear(Duration limit) { show(4, null, null, 0, 0, 0, limit); }

    /** From 0, dark, to 100. */
    public void brightness(int percent, Duration limit) { show(5, null, null, 0, 0, percent, limit); }

    /** Asks whether it is there: its own name and version, a stranger's words. */
    public String heartbeat(Duration limit) {
        return Waiting.away(() -> handle.text(this, token -> Native.deviceAsk(0, token, Native.millis(limit))));
    }

    private void show(
            int what, String first, String second, long amount, int currency, int number, Duration limit) {
        byte[] one = first == null ? null : Native.text(first);
        byte[] two = second == null ? null : Native.text(second);
        Waiting.away(() -> handle.use(this, token -> {
            Native.deviceShow(what, token, one, two, amount, currency, number, Native.millis(limit));
            return null;
        }));
    }

    @Override
    public void close() { handle.close(); }
}

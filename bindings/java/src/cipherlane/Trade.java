package cipherlane;

import java.util.Objects;

/**
 * What a till is asked for: a trade of any row of its table ({@link Till#trades()}), by the caller's key. The same key
 * asked again gives the recorded outcome, not a second charge. Closing it wipes its payment code.
 */
public final class Trade implements AutoCloseable {
    private final byte[][] texts = new byte[7][];
    private final long[] numbers = new long[5];
    private final String shown;
    private boolean closed;

    private Trade(String trade, String key) {
        shown = "Trade[" + trade + ", " + key + "]";
        texts[0] = Native.text(Objects.requireNonNull(trade, "trade"));
        texts[1] = Native.text(Objects.requireNonNull(key, "key"));
    }

    /** A trade by its name, to be filled in. */
    public static Trade of(String trade, String key) { return new Trade(trade, key); }

    /** A sale by card. */
    public static Trade sale(String key, long amount) { return of("sale", key).amount(amount); }

    /** A sale by a code that the payer scans. */
    public static Trade qrSale(String key, long amount) { return of("qr_sale", key).amount(amount); }

    /** The void of a payment. */
    public static Trade voidOf(String key, Payment original) { return of("void", key).original(original); }

    /** A refund of some of a payment. */
    public static Trade refund(String key, Payment original, long amount) {
        return of("refund", key).original(original).amount(amount);
    }

    /** In minor units of the terminal's currency. */
    public Trade amount(long minor) {
        if (minor < 1) throw new IllegalArgumentException("amount " + minor);
        numbers[0] = minor;
        return this;
    }

    /** The payment that it follows. */
    public Trade original(Payment payment) {
        numbers[1] = payment.details().handle();
        return this;
    }

    /** An approval of less is taken. */
    public Trade acceptPartial() {
        numbers[2] = 1;
        return this;
    }

    /** Instalments, and the issuer's code of their plan. */
    public Trade instalments(int periods, String plan) {
        numbers[3] = periods;
        texts[2] = Native.text(plan);
        return this;
    }

    /** What the payer reads. */
    public Trade subject(String words) {
        texts[3] = Native.text(words);
        return this;
    }

    /** The payer's payment code (付款码): the caller wipes his own, the library its copies. */
    public Trade paymentCode(char[] code) {
        texts[4] = Cipherlane.digits(code);
        return this;
    }

    /** The code that was given by telephone. */
    public Trade authorization(String code) {
        texts[5] = Native.text(code);
        return this;
    }

    /** Credit may not pay an order, or by a payer's code: a gateway that cannot keep it out refuses. */
    public Trade noCredit() {
        numbers[4] = 1;
        return this;
    }

    /** The name of one of the till's gateways; else it is the one that takes the payer's code, or the first. */
    public Trade gateway(String name) {
        texts[6] = Native.text(name);
        return this;
    }

    byte[][] texts() {
        if (closed) throw new IllegalStateException("the trade is closed"); // its code is wiped
        return texts;
    }

    long[] numbers() { return numbers; }

    @Override
    public void close() {
        closed = true;
        Cipherlane.wipe(texts[4]);
    }

    /** Its name and key. */
    @Override
    public String toString() { return shown; }
}

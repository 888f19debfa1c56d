package cipherlane;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A till: everything that a settings file names, and each trade. One terminal of it; {@link #at} gives the others.
 *
 * <p>A payment ends as a {@link Payment}. A {@link CipherlaneException} of a trade means that this call began nothing;
 * what its key has from an earlier one is asked by {@link #lookup(String, Duration)}, and the same key may be asked
 * for again. {@link Condition#OUTCOME_UNKNOWN} alone says that it had begun. Any number of threads may use it; trades
 * take turns.
 */
public final class Till implements AutoCloseable {
    private static final Map<Long, TillListener> LISTENERS = new ConcurrentHashMap<>();
    private static final AtomicLong LAST_LISTENER = new AtomicLong();

    /** What the handles of one till have in common. */
    private record Shared(long listener, AtomicInteger handles) {
        void letGo(long token) {
            Native.tillClose(token);
            if (handles.decrementAndGet() == 0) LISTENERS.remove(listener);
        }
    }

    private final Handle handle;
    private final Shared shared;

    private Till(long token, Shared shared) {
        this.shared = shared;
        handle = new Handle(this, "the till", token, shared::letGo);
    }

    /** Opens a till; the log goes to standard error. Sends nothing: {@link #recover} after a start decides what the last run left open. */
    public static Till open(String settingsFile, Duration limit) { return open(settingsFile, null, limit); }

    /**
     * The same, with somebody who hears what it is doing.
     *
     * @param settingsFile its settings, TOML
     * @param events hears it; null: nobody
     * @param limit for the opening
     * @return the till
     */
    public static Till open(String settingsFile, TillListener events, Duration limit) {
        long listener = events == null ? 0 : LAST_LISTENER.incrementAndGet();
        if (events != null) LISTENERS.put(listener, events);
        try {
            long token = Native.tillOpen(Native.text(settingsFile), listener, Native.millis(limit));
            return new Till(token, new Shared(listener, new AtomicInteger(1)));
        } catch (RuntimeException | Error why) {
            LISTENERS.remove(listener);
            throw why;
        }
    }

    static void tell(long listener, String json) {
        TillListener to = LISTENERS.get(listener);
        if (to != null) to.on(json);
    }

    /** Names of the trades of all tills. */
    public static List<String> trades() { return Native.text(Native.tillNames(0)).lines().toList(); }

    /** All terminals of the settings. */
    public List<String> terminals() { return handle.text(this, Native::tillNames).lines().toList(); }

    /** Another terminal of the same till, to be closed by itself. */
    public Till at(String terminal) {
        long token = handle.use(this, mine -> Native.tillAt(mine, Native.text(terminal)));
        shared.handles.incrementAndGet();
        return new Till(token, shared);
    }

    /** Runs a trade to its outcome. After its first byte has left the limit does not end it. */
    public Payment pay(Trade trade, Duration limit) {
        if (Waiting.onVirtualThread()) return Waiting.on(start(trade, limit));
        return handle.use(
                this, token -> Native.tillPay(token, trade.texts(), trade.numbers(), Native.millis(limit)));
    }

    /** The same, later. Whoever cancels the future asks for its end, and gets its outcome. */
    public CompletableFuture<Payment> start(Trade trade, Duration limit) {
        long token = handle.get();
        TillCall call = new TillCall(this);
        try {
            Native.tillStart(token, trade.texts(), trade.numbers(), Native.millis(limit), call.stop(), call);
        } catch (RuntimeException | Error why) {
            call.letGo();
            throw why;
        }
        return call;
    }

    /** What the journal has under a key. Asks nobody, also while a trade runs. */
    public Optional<Payment> lookup(String key, Duration limit) {
        return Optional.ofNullable(
                handle.use(this, token -> Native.tillLookup(token, Native.text(key), 0, Native.millis(limit))));
    }

    /** The same by its handle. */
    public Optional<Payment> lookup(long payment, Duration limit) {
        return Optional.ofNullable(
                handle.use(this, token -> Native.tillLookup(token, null, payment, Native.millis(limit))));
    }

    /** Decides what is undecided, and tells again what nobody has acknowledged. */
    public List<Payment> recover(Duration limit) { return recover(0, limit); }

    /** Decides one payment, as far as the other side answers. */
    public List<Payment> recover(Payment one, Duration limit) {
        return recover(one.details().handle(), limit);
    }

    private List<Payment> recover(long payment, Duration limit) {
        long within = Native.millis(limit);
        return List.of(Waiting.away(() -> handle.use(this, token -> Native.tillRecover(token, payment, within))));
    }

    /** The application's word that it has told an outcome to whom it concerns. */
    public void acknowledge(Payment told, Duration limit) {
        handle.use(this, token -> {
            Native.tillAcknowledge(token, told.details().handle(), Native.millis(limit));
            return null;
        });
    }

    /**
     * What a gateway has said, no flow could settle, and nobody has acknowledged, oldest first, each as JSON:
     * "notice" is its number. Asks nobody; {@link #recover} finds what is one.
     */
    public List<String> notices(Duration limit) {
        return handle.text(this, token -> Native.tillNotices(token, Native.millis(limit))).lines().toList();
    }

    /** Somebody has seen to it: it is not raised again. */
    public void acknowledgeNotice(long notice, Duration limit) {
        handle.use(this, token -> {
            Native.tillAcknowledgeNotice(token, notice, Native.millis(limit));
            return null;
        });
    }

    /** A person's word on what is not decided; {@code note} says who found out, and how. */
    public Payment decide(Payment open, Finding found, String note, Duration limit) {
        Objects.requireNonNull(found, "found");
        return decide(open, found == Finding.PAID ? 1 : 0, 0, note, limit);
    }

    /** The same of a payment of which only {@code moved} was taken, in minor units. */
    public Payment decidePaid(Payment open, long moved, String note, Duration limit) {
        if (moved < 1) throw new IllegalArgumentException("amount " + moved);
        return decide(open, 1, moved, note, limit);
    }

    private Payment decide(Payment open, int paid, long moved, String note, Duration limit) {
        return handle.use(this,
                token -> Native.tillDecide(
                        token, open.details().handle(), paid, moved, Native.text(note), Native.millis(limit)));
    }

    /** All of a payment as JSON, more than {@link Payment.Details} has. */
    public String whole(Payment of, Duration limit) {
        return handle.text(this, token -> Native.tillPayment(token, of.details().handle(), Native.millis(limit)));
    }

    /**
     * Asks each part of the settings in turn, each as JSON: "part", "state" ("good", "wrong", "skipped"), "found",
     * "likely". No money moves. The till must not be open.
     */
    public static List<String> preflight(String settingsFile, Duration limit) {
        byte[] file = Native.text(settingsFile);
        long within = Native.millis(limit);
        return Native.text(Waiting.away(() -> Native.tillPreflight(file, within))).lines().toList();
    }

    /** How the parts are, and what is under way, as JSON. Asks no device. */
    public String status(Duration limit) {
        return handle.text(this, token -> Native.tillStatus(token, Native.millis(limit))).strip();
    }

    /** Payments of the newest records of all terminals, oldest first, each as JSON. */
    public List<String> journal(int most, Duration limit) {
        return records(null, 0, most, limit);
    }

    /** The same of one terminal. */
    public List<String> journal(String terminal, int most, Duration limit) {
        return records(Native.text(terminal), 0, most, limit);
    }

    /** Those that are not decided. */
    public List<String> openRecords(int most, Duration limit) {
        return records(null, 1, most, limit);
    }

    /** "sign-in", "settle", "balance", or a service of the host ("echo", "sign-off"): its report as JSON. */
    public String ask(String what, Duration limit) {
        byte[] service = Native.text(what);
        long within = Native.millis(limit);
        return Waiting.away(() -> handle.text(this, token -> Native.tillAsk(token, service, within))).strip();
    }

    /** A receipt (签购单), so many columns wide. */
    public String receipt(Payment of, ReceiptCopy copy, int columns, Duration limit) {
        return handle.text(this,
                token -> Native.tillReceipt(
                        token, of.details().handle(), copy.ordinal(), counted(columns), Native.millis(limit)));
    }

    /** The same on the printer of the settings; false where it is kept until the printer can. */
    public boolean print(Payment of, ReceiptCopy copy, Duration limit) {
        long within = Native.millis(limit);
        return Waiting.away(() -> handle.use(
                this, token -> Native.tillPrint(token, of.details().handle(), copy.ordinal(), within)));
    }

    /**
     * An operator begins a shift at this terminal, or goes on with the open one: what is done there from here on is
     * theirs.
     *
     * @param operator their number
     * @param secret their PIN or password, printable ASCII; the caller wipes it
     * @param limit for all of it
     * @return the shift as JSON
     */
    public String signOn(String operator, char[] secret, Duration limit) {
        byte[] shown = ascii(secret);
        try {
            return handle.text(this,
                    token -> Native.tillSignOn(token, Native.text(operator), shown, Native.millis(limit))).strip();
        } finally {
            Cipherlane.wipe(shown);
        }
    }

    /** Nobody is on duty any more; the shift stays open. */
    public void signOff() {
        handle.use(this, token -> {
            Native.tillSignOff(token);
            return null;
        });
    }

    /** Ends the shift of whoever is on duty, after the payment under way; what was done in it, as JSON. */
    public String closeShift(Duration limit) {
        long within = Native.millis(limit);
        return Waiting.away(() -> handle.text(this, token -> Native.tillCloseShift(token, within))).strip();
    }

    /** The newest shifts of this terminal, each as JSON, counted from the journal. */
    public List<String> shifts(int most, Duration limit) {
        return handle.text(this, token -> Native.tillShifts(token, counted(most), Native.millis(limit)))
                .lines().toList();
    }

    private static byte[] ascii(char[] from) {
        byte[] made = new byte[from.length];
        for (int i = 0; i < from.length; ++i) {
            if (from[i] < ' ' || from[i] > '~') {
                Cipherlane.wipe(made);
                throw new IllegalArgumentException("a character that is no printable ASCII");
            }
            made[i] = (byte) from[i];
        }
        return made;
    }

    private List<String> records(byte[] terminal, int open, int most, Duration limit) {
        byte[] found = handle.use(
                this, token -> Native.tillJournal(token, terminal, open, counted(most), Native.millis(limit)));
        return Native.text(found).lines().toList();
    }

    private static int counted(int most) {
        if (most < 1) throw new IllegalArgumentException("found " + most + ", expected 1 or more");
        return most;
    }

    /** The last handle waits for the trade under way: what has left is seen to its end. */
    @Override
    public void close() { handle.close(); }
}

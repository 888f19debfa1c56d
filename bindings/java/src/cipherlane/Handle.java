package cipherlane;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** A token of the library, given back once: by {@code close}, or when nobody knows it any more. */
final class Handle implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private record State(AtomicLong token, LongConsumer give) implements Runnable {
        @Override
        public void run() {
            long left = token.getAndSet(0);
            if (left != 0) give.accept(left);
        }
    }

    private final AtomicLong token;
    private final Cleaner.Cleanable cleanable;
    private final String what;

    Handle(Object owner, String what, long token, LongConsumer give) {
        this.token = new AtomicLong(token);
        this.what = what;
        cleanable = CLEANER.register(owner, new State(this.token, give));
    }

    /** The token, while it is open. */
    long get() {
        long now = token.get();
        if (now == 0) throw new IllegalStateException(what + " is closed");
        return now;
    }

    @Override
    public void close() { cleanable.clean(); }
}

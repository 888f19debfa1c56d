package cipherlane;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
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

    /** What is done with the token. */
    interface Use<T> {
        T with(long token);
    }

    /** Does it. The owner is not let go until it is done, though nobody else may know it any more. */
    <T> T use(Object owner, Use<T> what) {
        try {
            return what.with(get());
        } finally {
            Reference.reachabilityFence(owner);
        }
    }

    /** The same, of what gives text. */
    String text(Object owner, Use<byte[]> what) { return Native.text(use(owner, what)); }

    /** The token, while it is open. Whoever has it keeps the owner until he is done: see {@link #use}. */
    long get() {
        long now = token.get();
        if (now == 0) throw new IllegalStateException(what + " is closed");
        return now;
    }

    @Override
    public void close() { cleanable.clean(); }
}

package cipherlane;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A call under way. Cancelling it asks the library to end it; a command that has left is not taken back. */
final class HsmCall extends CompletableFuture<HsmReply> {
    private final long stop = Native.stopCreate();
    private final AtomicBoolean over = new AtomicBoolean();

    long stop() { return stop; }

    /** On a thread of the library: what others do with the result runs elsewhere. */
    void end(byte[][] fields, CipherlaneException why) {
        letGo();
        defaultExecutor().execute(() -> {
            if (fields != null) {
                complete(new HsmReply(fields));
            } else {
                completeExceptionally(why != null ? why : new IllegalStateException("no answer and no reason"));
            }
        });
    }

    /** It never began. */
    void letGo() {
        if (over.compareAndSet(false, true)) Native.stopClose(stop);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (!over.get()) Native.stopRequest(stop);
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() { return new CompletableFuture<>(); }
}

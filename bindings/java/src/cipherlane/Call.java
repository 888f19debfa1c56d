package cipherlane;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A call under way. Cancelling it asks the library to end it; what has left is not taken back. */
abstract class Call<T> extends CompletableFuture<T> {
    private final long stop = Native.stopCreate();
    private final AtomicBoolean over = new AtomicBoolean();
    /** What the call is of: kept until it has ended, though nobody else may know it any more. */
    private volatile Object of;

    Call(Object of) { this.of = of; }

    long stop() { return stop; }

    /** On a thread of the library: what others do with the result runs elsewhere, where there is an elsewhere. */
    final void endWith(T result, CipherlaneException why) {
        letGo();
        try {
            defaultExecutor().execute(() -> tell(result, why));
        } catch (Throwable nobodyRunsIt) {
            tell(result, why);
        }
    }

    private void tell(T result, CipherlaneException why) {
        if (result != null) {
            complete(result);
        } else {
            completeExceptionally(why != null ? why : new IllegalStateException("no answer and no reason"));
        }
        of = null;
    }

    /** It never began, or has ended. */
    final void letGo() {
        if (over.compareAndSet(false, true)) Native.stopClose(stop);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() { return new CompletableFuture<>(); }
}

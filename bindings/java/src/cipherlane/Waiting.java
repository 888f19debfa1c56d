package cipherlane;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** How a blocking call waits: on a virtual thread for a future, so that its carrier may go. */
final class Waiting {
    private static final MethodHandle IS_VIRTUAL = isVirtual();

    private Waiting() {}

    static <T> T on(CompletableFuture<T> call) {
        try {
            return call.join();
        } catch (CompletionException why) {
            if (why.getCause() instanceof CipherlaneException known) throw known.here();
            if (why.getCause() instanceof RuntimeException other) throw other; // closed, a wrong argument
            throw why;
        }
    }

    /** What waits and has no future of its own: on a virtual thread it is done by another, since it would hold the carrier. */
    static <T> T away(Supplier<T> call) {
        return onVirtualThread() ? on(CompletableFuture.supplyAsync(call)) : call.get();
    }

    private static MethodHandle isVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException before21) {
            return null;
        }
    }

    static boolean onVirtualThread() {
        if (IS_VIRTUAL == null) return false;
        try {
            return (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
        } catch (Throwable never) {
            return false;
        }
    }
}

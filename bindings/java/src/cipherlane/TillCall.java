package cipherlane;

/**
 * A trade under way. Whoever cancels it asks for its end and still gets its outcome: what has left goes on, and nobody
 * may take it for nothing.
 */
final class TillCall extends Call<Payment> {
    TillCall(Object of) { super(of); }

    void end(Payment payment, CipherlaneException why) { endWith(payment, why); }

    /** Always false: the outcome follows. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (!isDone()) Native.stopRequest(stop());
        return false;
    }
}

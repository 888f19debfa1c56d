package cipherlane;

/** A command under way. */
final class HsmCall extends Call<HsmReply> {
    void end(byte[][] fields, CipherlaneException why) { endWith(fields == null ? null : new HsmReply(fields), why); }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (!isDone()) Native.stopRequest(stop());
        return super.cancel(mayInterruptIfRunning);
    }
}

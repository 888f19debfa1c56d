package cipherlane;

/** A command under way. */
final class HsmCall extends Call<HsmReply> {
    HsmCall(Object of) { super(of); }

    void end(byte[][] fields, CipherlaneException why) {
        HsmReply reply = null;
        try {
            if (fields != null) reply = new HsmReply(fields);
        } finally {
            endWith(reply, why);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (!isDone()) Native.stopRequest(stop());
        return super.cancel(mayInterruptIfRunning);
    }
}

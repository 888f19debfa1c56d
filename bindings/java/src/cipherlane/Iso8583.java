package cipherlane;

import java.util.List;
import java.util.Objects;

/** A dialect of ISO 8583. Any number of threads may use it at once. */
public final class Iso8583 implements AutoCloseable {
    private final Handle handle;

    private Iso8583(long token) { handle = new Handle(this, "the dialect", token, Native::dialectClose); }

    /**
     * A dialect.
     *
     * @param name a built-in one ("cup-pos", "iso87-ascii", see {@link #dialects()}), or the path of a TOML file
     * @return it
     */
    public static Iso8583 dialect(String name) { return new Iso8583(Native.dialectOpen(Native.text(name))); }

    /** Names of the built-in dialects. */
    public static List<String> dialects() { return Native.text(Native.dialects()).lines().toList(); }

    /** A message field by field for people, as far as it can be read: card numbers masked, no track, PIN block or key. */
    public String explain(byte[] message) {
        Objects.requireNonNull(message, "message");
        return handle.text(this, token -> Native.iso8583(2, token, 0, message));
    }

    /** A message with its length in front, as it comes from a stream, as JSON: whole values, nothing masked. */
    public String toJson(byte[] frame) {
        Objects.requireNonNull(frame, "frame");
        return handle.text(this, token -> Native.iso8583(0, token, 0, frame));
    }

    /** The same without the length. */
    public String bodyToJson(byte[] body) {
        Objects.requireNonNull(body, "body");
        return handle.text(this, token -> Native.iso8583(0, token, 1, body));
    }

    /** The other way, with the length in front. */
    public byte[] fromJson(String json) {
        return handle.use(this, token -> Native.iso8583(1, token, 0, Native.text(json)));
    }

    @Override
    public void close() { handle.close(); }
}

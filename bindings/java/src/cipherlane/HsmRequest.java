package cipherlane;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Any operation of a cipher machine by its name, its fields by theirs: {@link Hsm#operations()} and
 * {@link Hsm#requestFields} list them. One thread at a time; wiped when closed.
 */
public final class HsmRequest implements AutoCloseable {
    final byte[] operation;
    private final String name;
    private final List<byte[]> names = new ArrayList<>();
    private final List<byte[]> values = new ArrayList<>();
    private final StringBuilder kinds = new StringBuilder();
    private boolean closed;

    private HsmRequest(String operation) {
        name = operation;
        this.operation = Native.text(operation);
    }

    /** A request without fields: "diagnose", "translate_pin". */
    public static HsmRequest of(String operation) {
        return new HsmRequest(Objects.requireNonNull(operation, "operation"));
    }

    /** Words, digits, keys as a unit hands them out. */
    public HsmRequest set(String field, String value) { return add(field, Native.text(value), 't'); }

    /** PIN blocks, MACs, messages: copied. */
    public HsmRequest set(String field, byte[] value) { return add(field, value.clone(), 'b'); }

    /** A card number or PIN: copied. */
    public HsmRequest set(String field, char[] digits) { return add(field, Cipherlane.digits(digits), 't'); }

    /** A number, not negative. */
    public HsmRequest set(String field, long value) {
        if (value < 0) throw new IllegalArgumentException(field + " is negative");
        return add(field, Native.text(Long.toString(value)), 'n');
    }

    private HsmRequest add(String field, byte[] value, char kind) {
        mustBeOpen();
        names.add(Native.text(Objects.requireNonNull(field, "field")));
        values.add(value);
        kinds.append(kind);
        return this;
    }

    /** What is wiped would be sent as zeros. */
    private void mustBeOpen() {
        if (closed) throw new IllegalStateException("the request is closed");
    }

    byte[][] names() {
        mustBeOpen();
        return names.toArray(new byte[0][]);
    }

    byte[][] values() { return values.toArray(new byte[0][]); }

    byte[] kinds() { return Native.text(kinds.toString()); }

    @Override
    public void close() {
        closed = true;
        Cipherlane.wipe(values.toArray(new byte[0][]));
    }

    @Override
    public String toString() { return "HsmRequest[" + name + "]"; }
}

package cipherlane;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;

/** What came back, field by field: {@link Hsm#replyFields} lists them. Wiped when closed. */
public final class HsmReply implements AutoCloseable {
    private final Map<String, byte[]> fields = new LinkedHashMap<>();
    private volatile boolean closed;

    HsmReply(byte[][] namesAndValues) {
        for (int i = 0; i + 1 < namesAndValues.length; i += 2)
            fields.put(Native.text(namesAndValues[i]), namesAndValues[i + 1]);
    }

    /** The names that it has. */
    public Set<String> names() { return Collections.unmodifiableSet(fields.keySet()); }

    /** A field's bytes, which {@code close} wipes. Throws {@link NoSuchElementException} where there is none. */
    public byte[] bytes(String name) {
        if (closed) throw new IllegalStateException("the reply is closed");
        byte[] found = fields.get(Objects.requireNonNull(name, "name"));
        if (found == null) throw new NoSuchElementException("no field " + name + "; there are " + fields.keySet());
        return found;
    }

    /** The same as text. */
    public String text(String name) { return Native.text(bytes(name)); }

    String textOrEmpty(String name) { return fields.containsKey(name) ? text(name) : ""; }

    /** Whether a comparison came out right: its field {@code right}. */
    public boolean right() { return text("right").equals("1"); }

    @Override
    public void close() {
        closed = true;
        fields.values().forEach(Cipherlane::wipe);
    }

    /** Names alone. */
    @Override
    public String toString() { return "HsmReply" + fields.keySet(); }
}

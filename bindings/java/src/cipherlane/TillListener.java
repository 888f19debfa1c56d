package cipherlane;

/** Hears what a till is doing. */
@FunctionalInterface
public interface TillListener {
    /**
     * Called on the till's own threads, which wait: return soon, and call nothing that waits. What it throws goes no
     * further.
     *
     * @param json one object; "event" is "stage" (how far a trade is), "step", "alert" or "log"
     */
    void on(String json);
}

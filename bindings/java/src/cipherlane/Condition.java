package cipherlane;

/** What a caller can do about a failure. */
public enum Condition {
    /** The deadline passed; nothing that could move money was left in doubt. */
    TIMED_OUT,
    /** The caller asked for the end. */
    CANCELLED,
    /** The connection or the device went away. */
    LINK_LOST,
    /** Bytes or values that break their format. */
    BAD_MESSAGE,
    /** A device or unit understood and refused: see {@link CipherlaneException#peerCode()}. */
    REJECTED_BY_PEER,
    /** The caller broke a rule of the interface. */
    MISUSE,
    /** The request left and no answer came: never to be treated as declined, never to be repeated blindly. */
    OUTCOME_UNKNOWN,
    /** This profile, device or build cannot do it. */
    UNSUPPORTED,
    /** This machine failed: disk, memory, a file, a library. */
    LOCAL_FAULT;

    static Condition of(int number) {
        return number >= 1 && number <= values().length ? values()[number - 1] : LOCAL_FAULT;
    }
}

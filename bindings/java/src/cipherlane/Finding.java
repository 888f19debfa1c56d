package cipherlane;

/** What a person has found out about a payment that was not decided. */
public enum Finding {
    /** The money moved. */
    PAID,
    /** It did not. */
    NOT_PAID
}

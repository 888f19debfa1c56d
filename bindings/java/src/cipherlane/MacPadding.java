package cipherlane;

/** How data become whole blocks. */
public enum MacPadding {
    /** They are. */
    NONE("none"),
    /** ISO/IEC 9797-1 method 1. */
    ZEROS("zeros"),
    /** Method 2. */
    MARK("mark");

    private final String word;

    MacPadding(String word) { this.word = word; }

    /** As requests by name have it. */
    public String word() { return word; }
}

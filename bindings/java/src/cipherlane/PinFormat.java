package cipherlane;

/** Formats of PIN blocks. */
public enum PinFormat {
    /** ISO 9564-1 format 0. */
    ISO0("iso0"),
    /** Format 1: no card number in it. */
    ISO1("iso1"),
    /** Format 2: of chip cards. */
    ISO2("iso2"),
    /** Format 3. */
    ISO3("iso3"),
    /** Format 4: of AES. */
    ISO4("iso4");

    private final String word;

    PinFormat(String word) { this.word = word; }

    /** As requests by name have it. */
    public String word() { return word; }
}

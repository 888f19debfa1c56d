package cipherlane;

/** How a block cipher goes over data that are longer than its block. */
public enum CipherMode {
    /** Block by block: no IV. */
    ECB("ecb"),
    /** Chained. */
    CBC("cbc"),
    /** Cipher feedback. */
    CFB("cfb"),
    /** Output feedback. */
    OFB("ofb"),
    /** A counter. Of a {@link Key} alone. */
    CTR("ctr");

    private final String word;

    CipherMode(String word) { this.word = word; }

    /** As requests by name have it. */
    public String word() { return word; }
}

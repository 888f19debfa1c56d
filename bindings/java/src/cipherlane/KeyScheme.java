package cipherlane;

/** A key's size, and how it stays under a local master key or leaves under another key. */
public enum KeyScheme {
    /** 8 bytes: of old. */
    SINGLE("single"),
    /** 16 bytes. */
    DOUBLE("double"),
    /** 24 bytes. */
    TRIPLE("triple"),
    /** 16 bytes in plain ECB: what terminals understand. */
    DOUBLE_ECB("double_ecb"),
    /** 24 bytes, likewise. */
    TRIPLE_ECB("triple_ecb"),
    /** SM4 (国密), 16 bytes. */
    SM4("sm4"),
    /** A key block. */
    BLOCK("block");

    private final String word;

    KeyScheme(String word) { this.word = word; }

    /** As requests by name have it. */
    public String word() { return word; }
}

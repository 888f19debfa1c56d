package cipherlane;

/** How a cipher machine makes a MAC. */
public enum MacAlgorithm {
    /** ISO/IEC 9797-1 algorithm 1. */
    X99("x99"),
    /** Algorithm 3: the retail MAC. */
    X919("x919"),
    /** The UnionPay POS ECB MAC, where the unit makes it by itself. */
    UNIONPAY("unionpay"),
    /** XOR of all blocks first. */
    XOR_FOLD("xor"),
    /** Of SM4. */
    SM4_MAC("sm4");

    private final String word;

    MacAlgorithm(String word) { this.word = word; }

    /** As requests by name have it. */
    public String word() { return word; }
}

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
    ISO4("iso4"),
    /** Docutel's. */
    DOCUTEL("docutel"),
    /** Diebold's and IBM's. */
    DIEBOLD("diebold"),
    /** Plus Network's. */
    PLUS("plus"),
    /** Mastercard's: pay now and pay later. */
    MASTERCARD("mastercard"),
    /** UnionPay's (银联): format 0 over one block of SM4. Of a {@link Key} alone. */
    UNIONPAY_SM4("unionpay_sm4");

    private final String word;

    PinFormat(String word) { this.word = word; }

    /** As requests by name have it. */
    public String word() { return word; }

    /** As the C interface counts them. */
    int number() { return this == UNIONPAY_SM4 ? 16 : ordinal(); }
}

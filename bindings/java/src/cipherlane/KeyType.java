package cipherlane;

/** What a key of a cipher machine is for. */
public enum KeyType {
    /** Zone master key (区域主密钥). */
    ZMK("zmk"),
    /** Zone PIN key. */
    ZPK("zpk"),
    /** Terminal PIN key (终端 PIN 密钥). */
    TPK("tpk"),
    /** Terminal master key (终端主密钥). */
    TMK("tmk"),
    /** PIN verification key. */
    PVK("pvk"),
    /** Terminal authentication key (终端 MAC 密钥). */
    TAK("tak"),
    /** Zone authentication key. */
    ZAK("zak"),
    /** DUKPT base derivation key. */
    BDK("bdk"),
    /** Zone data key. */
    ZEK("zek"),
    /** Data key. */
    DEK("dek"),
    /** Card verification key. */
    CVK("cvk"),
    /** Issuer master key for application cryptograms. */
    MK_AC("mk_ac"),
    /** Issuer master key for script MACs. */
    MK_SMI("mk_smi"),
    /** Issuer master key for script confidentiality. */
    MK_SMC("mk_smc");

    private final String word;

    KeyType(String word) { this.word = word; }

    /** As requests by name have it. */
    public String word() { return word; }
}

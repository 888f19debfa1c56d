package cipherlane;

/** Whose copy of a receipt. */
public enum ReceiptCopy {
    /** 商户存根. */
    MERCHANT,
    /** 持卡人存根. */
    CARDHOLDER
}

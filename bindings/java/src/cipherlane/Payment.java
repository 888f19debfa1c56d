package cipherlane;

/**
 * How a payment ended, as the journal has it: never a guess. {@link Unknown} is not {@link Declined}: nothing else of
 * it may be told, it is asked again by its key, recovered, or decided by a person.
 */
public sealed interface Payment permits Payment.Approved, Payment.Declined, Payment.Reversed, Payment.Unknown,
        Payment.NotSent, Payment.Voided, Payment.Refunded, Payment.Stored {
    /** All that is known of it. */
    Details details();

    /** The money is the merchant's, on the host's word. */
    record Approved(Details details) implements Payment {
        /** How much, in minor units: less than was asked for after a partial approval. */
        public long amount() { return details.approved(); }
    }

    /** The host, the gateway or the payer said no: no money moved. */
    record Declined(Details details) implements Payment {}

    /** Was not known, and has been undone: no money moved. */
    record Reversed(Details details) implements Payment {}

    /** Not decided. Never treat as declined, never repeat with another key. */
    record Unknown(Details details) implements Payment {}

    /** Told by recovery alone: no byte left. */
    record NotSent(Details details) implements Payment {}

    /** Was approved, then undone. */
    record Voided(Details details) implements Payment {}

    /** Was approved, then given back in full. */
    record Refunded(Details details) implements Payment {}

    /** Done without the host, which is told until it answers. */
    record Stored(Details details) implements Payment {}

    /**
     * A payment's fields. Amounts in minor units; the card masked; what it does not have is empty.
     *
     * @param handle names the record
     * @param original the payment that this one undoes; 0: none
     * @param requested the amount that was asked for
     * @param approved zero unless it was approved
     * @param refunded what has certainly been given back since
     * @param recorded the key had been used; nothing was sent
     * @param currency ISO 4217
     * @param trace 凭证号
     * @param batch 批次号
     * @param key the caller's
     * @param trade "sale", "void"
     * @param terminal its number
     * @param merchant its number
     * @param card masked
     * @param hostCode field 39
     * @param reference 参考号
     * @param authorization field 38
     * @param date YYYYMMDD
     * @param time hhmmss
     * @param orderNumber of a code
     * @param voucher the host's number of a payment by payment code
     * @param reason why it is not paid, in words for the cashier
     * @param reasonInChinese the same
     */
    record Details(long handle, long original, long requested, long approved, long refunded, boolean recorded,
            int currency, long trace, long batch, String key, String trade, String terminal, String merchant,
            String card, String hostCode, String reference, String authorization, String date, String time,
            String orderNumber, String voucher, String reason, String reasonInChinese) {}

    /** Called by the native library. */
    private static Payment of(long[] n, byte[][] texts) {
        String[] t = new String[texts.length];
        for (int i = 0; i < t.length; ++i) t[i] = Native.text(texts[i]);
        Details all = new Details(n[0], n[1], n[2], n[3], n[4], n[6] != 0, (int) n[7], n[8], n[9], t[0], t[1], t[2],
                t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[11], t[12], t[13]);
        return switch ((int) n[5]) {
            case 0 -> new Approved(all);
            case 1 -> new Declined(all);
            case 2 -> new Reversed(all);
            case 4 -> new NotSent(all);
            case 5 -> new Voided(all);
            case 6 -> new Refunded(all);
            case 7 -> new Stored(all);
            default -> new Unknown(all); // also what a later library may tell
        };
    }
}

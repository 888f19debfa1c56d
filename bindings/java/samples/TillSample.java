// A till: what the last run left open, a sale, its receipt, and the end of the day.
//
//     java -cp cipherlane.jar TillSample.java TILL.toml
import cipherlane.*;
import java.time.Duration;

public class TillSample {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration CUSTOMER = Duration.ofMinutes(2);

    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("usage: TillSample TILL.toml");
            System.exit(2);
        }
        boolean right = false;
        try (Till till = Till.open(arguments[0], event -> {}, SOON)) {
            right = day(till);
        } catch (CipherlaneException why) { // of a trade: this call began nothing; lookup tells what its key has
            System.err.println(why.getMessage());
        }
        System.exit(right ? 0 : 1);
    }

    private static boolean day(Till till) {
        for (Payment left : till.recover(CUSTOMER)) {
            System.out.println("left by the last run: " + left);
            till.acknowledge(left, SOON);
        }
        // [sale]
        Payment paid = till.pay(Trade.sale("order-4711", 1234), CUSTOMER);
        if (paid instanceof Payment.Approved approved) {
            System.out.println(till.receipt(paid, ReceiptCopy.CARDHOLDER, 32, SOON));
            till.acknowledge(approved, SOON);
        } else if (paid instanceof Payment.Unknown) {
            System.out.println("not known yet: recover it, and sell nothing for it again");
        } else {
            System.out.println("not paid: " + paid.details().reason());
        }
        // [/sale]
        System.out.println(till.whole(paid, SOON));
        Payment again = till.pay(Trade.sale("order-4711", 1234), CUSTOMER); // the same key: no second charge
        System.out.println("asked again: recorded " + again.details().recorded());
        System.out.println(till.ask("settle", CUSTOMER));
        return paid instanceof Payment.Approved && again.details().recorded()
                && again.details().handle() == paid.details().handle();
    }
}

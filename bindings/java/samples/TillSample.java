// A till: what the last run left open, a sale, its receipt, and the end of the day.
//
//     java -cp cipherlane.jar TillSample.java TILL.toml
import cipherlane.*;
import java.time.Duration;

public class TillSample {
    public static void main(String[] arguments) {
        Duration soon = Duration.ofSeconds(20);
        Duration customer = Duration.ofMinutes(2);
        try (Till till = Till.open(arguments[0], event -> {}, soon)) {
            for (Payment left : till.recover(customer)) {
                System.out.println("left by the last run: " + left);
                till.acknowledge(left, soon);
            }
            Payment paid = till.pay(Trade.sale("order-4711", 1234), customer);
            if (paid instanceof Payment.Approved approved) {
                System.out.println(till.receipt(paid, ReceiptCopy.CARDHOLDER, 32, soon));
                till.acknowledge(approved, soon);
            } else if (paid instanceof Payment.Unknown) {
                System.out.println("not known yet: recover it, and sell nothing for it again");
            } else {
                System.out.println("not paid: " + paid.details().reason());
            }
            Payment again = till.pay(Trade.sale("order-4711", 1234), customer); // the same key: no second charge
            System.out.println("asked again: recorded " + again.details().recorded());
            System.out.println(till.ask("settle", customer));
            boolean right = paid instanceof Payment.Approved && again.details().recorded()
                    && again.details().handle() == paid.details().handle();
            System.exit(right ? 0 : 1);
        }
    }
}

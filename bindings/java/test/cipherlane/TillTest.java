package cipherlane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A till without a host: its journal, and wrong use of it. With simulators: TillSample. */
class TillTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static String settings(Path folder) throws Exception {
        Path file = folder.resolve("till.toml");
        Files.writeString(file, "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[journal]\nfile = \""
                + folder.resolve("till.db") + "\"\nkey_file = \"" + folder.resolve("till.key") + "\"\n");
        return file.toString();
    }

    @Test
    void opensAndSaysHowItIs(@TempDir Path folder) throws Exception {
        assertTrue(Till.trades().contains("sale"), Till.trades().toString());
        try (Till till = Till.open(settings(folder), event -> {}, SOON); Till same = till.at("TEST0001")) {
            assertEquals(java.util.List.of("TEST0001"), till.terminals());
            assertTrue(same.status(SOON).contains("TEST0001"), same.status(SOON));
            assertEquals(Optional.empty(), till.lookup("never", SOON));
            assertEquals(java.util.List.of(), till.recover(SOON));
            assertEquals(java.util.List.of(), till.journal(10, SOON));
            assertEquals(java.util.List.of(), till.journal("TEST0001", 10, SOON));
            assertThrows(CipherlaneException.class, () -> Till.open(settings(folder), SOON)); // it is open
            CipherlaneException none = assertThrows(
                    CipherlaneException.class, () -> till.pay(Trade.sale("order-1", 100), SOON));
            assertFalse(none.getMessage().isEmpty()); // no host, no PIN pad
            CompletionException late = assertThrows(
                    CompletionException.class, () -> till.start(Trade.sale("order-2", 100), SOON).join());
            assertTrue(late.getCause() instanceof CipherlaneException, late.toString());
        }
        Till.open(settings(folder), SOON).close(); // and given back
        java.util.List<String> asked = Till.preflight(settings(folder), SOON);
        assertTrue(asked.stream().anyMatch(part -> part.contains("\"journal\"") && part.contains("\"good\"")), asked.toString());
    }

    /** What no flow can settle is told until somebody has seen to it. */
    @Test
    void keepsAGatewaysWordForAPerson(@TempDir Path folder) throws Exception {
        String keep = System.getenv("CIPHERLANE_KEEP_NOTICE");
        Assumptions.assumeTrue(keep != null);
        String file = settings(folder);
        assertEquals(0, new ProcessBuilder(keep, file, "NOBODYS-ORDER").inheritIO().start().waitFor());
        try (Till till = Till.open(file, event -> {}, SOON)) {
            assertEquals(java.util.List.of(), till.notices(SOON)); // no flow has dealt with it yet
            till.recover(SOON);
            java.util.List<String> left = till.notices(SOON);
            assertEquals(1, left.size(), left.toString());
            assertTrue(left.get(0).contains("\"matter\":\"unknown order\""), left.get(0));
            String number = left.get(0).replaceAll(".*\"notice\":([0-9]+).*", "$1");
            assertThrows(CipherlaneException.class, () -> till.acknowledgeNotice(99, SOON));
            till.acknowledgeNotice(Long.parseLong(number), SOON);
            assertEquals(java.util.List.of(), till.notices(SOON));
        }
    }

    @Test
    void letsOperatorsSignOn(@TempDir Path folder) throws Exception {
        Path clerks = folder.resolve("clerks.toml");
        Files.writeString(clerks, "[[clerk]]\nid = \"07\"\nname = \"Li\"\nrights = [\"sell\"]\nsecret = \"" // 4711
                + "scrypt:10:8:1:000102030405060708090A0B0C0D0E0F:733"
                + "22BCFF7F111436CBEB6E47C911A6157BFF6CFE24C717235A87B9CDBC2FBD3\"\n");
        Files.setPosixFilePermissions(clerks, PosixFilePermissions.fromString("rw-------"));
        Path file = Path.of(settings(folder));
        Files.writeString(file, "[clerks]\nfile = \"" + clerks + "\"\n", StandardOpenOption.APPEND);
        try (Till till = Till.open(file.toString(), event -> {}, SOON)) {
            CipherlaneException nobody = assertThrows(
                    CipherlaneException.class, () -> till.pay(Trade.sale("order-1", 100), SOON));
            assertTrue(nobody.getMessage().contains("signed on"), nobody.getMessage());
            assertThrows(CipherlaneException.class, () -> till.signOn("07", "4712".toCharArray(), SOON));
            assertThrows(IllegalArgumentException.class, () -> till.signOn("07", "密".toCharArray(), SOON));
            assertTrue(till.signOn("07", "4711".toCharArray(), SOON).contains("\"rights\":[\"sell\"]"));
            CipherlaneException none = assertThrows(
                    CipherlaneException.class, () -> till.pay(Trade.sale("order-1", 100), SOON));
            assertFalse(none.getMessage().contains("signed on"), none.getMessage()); // but no host
            assertEquals(1, till.shifts(10, SOON).size());
            assertTrue(till.closeShift(SOON).contains("\"records\":0"));
            assertThrows(CipherlaneException.class, () -> till.closeShift(SOON));
            till.signOff();
        }
    }

    /** A thread that the machine does not take in tells nobody; the future ends all the same. */
    @Test
    void endsAFutureWhoseThreadIsNotTakenIn(@TempDir Path folder) throws Exception {
        try (Till till = Till.open(settings(folder), SOON)) {
            Native.refuseThreads(true);
            CompletionException late = assertThrows(CompletionException.class,
                    () -> till.start(Trade.sale("order-1", 100), SOON).orTimeout(60, TimeUnit.SECONDS).join());
            assertTrue(late.getCause() instanceof CipherlaneException, late.toString());
        } finally {
            Native.refuseThreads(false);
        }
    }

    @Test
    void answersMisuseWithExceptions(@TempDir Path folder) throws Exception {
        assertThrows(NullPointerException.class, () -> Till.open(null, SOON));
        assertThrows(CipherlaneException.class, () -> Till.open("/nonexistent/till.toml", event -> {}, SOON));
        assertThrows(IllegalArgumentException.class, () -> Trade.sale("x", 0));
        assertThrows(NullPointerException.class, () -> Trade.of("sale", null));
        Till closed = Till.open(settings(folder), SOON);
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.status(SOON));
        assertThrows(IllegalStateException.class, () -> closed.pay(Trade.sale("x", 1), SOON));
        try (Till till = Till.open(settings(folder), SOON)) {
            assertThrows(CipherlaneException.class, () -> till.at("NONE"));
            assertThrows(CipherlaneException.class, () -> till.pay(Trade.of("no trade", "x"), SOON));
            assertThrows(CipherlaneException.class, () -> till.ask("no service", SOON));
            Trade elsewhere = Trade.sale("y", 1).gateway("wechat"); // a sale by card goes to none
            assertEquals(
                "gateway", assertThrows(CipherlaneException.class, () -> till.pay(elsewhere, SOON)).field());
            assertThrows(NullPointerException.class, () -> till.pay(null, SOON));
            assertThrows(IllegalArgumentException.class, () -> till.journal(0, SOON));
            Payment nobodys = new Payment.Unknown(new Payment.Details(99, 0, 0, 0, 0, false, 156, 0, 0, "", "", "", "",
                    "", "", "", "", "", "", "", "", "", ""));
            assertThrows(CipherlaneException.class, () -> till.whole(nobodys, SOON));
            assertThrows(CipherlaneException.class, () -> till.print(nobodys, ReceiptCopy.MERCHANT, SOON));
            assertThrows(CipherlaneException.class, () -> till.decidePaid(nobodys, 1, "nobody", SOON));
            assertThrows(IllegalArgumentException.class, () -> till.decidePaid(nobodys, 0, "nobody", SOON));
        }
        for (long token : new long[] {1, -1, Long.MAX_VALUE}) {
            assertThrows(CipherlaneException.class, () -> Native.tillStatus(token, 1000));
            Native.tillClose(token);
        }
    }
}

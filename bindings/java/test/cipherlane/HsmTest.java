package cipherlane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool over a simulated cipher machine: what it does, and what is told to whoever uses it wrongly. */
class HsmTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    /** Two keys of the tests under the published test LMK, as a key ceremony gives them. */
    private static final String CLEAR_TPK = "0123456789ABCDEFFEDCBA9876543210";
    private static final String TPK = "U1750CDFB0757D3B3994430636DBB281B";
    private static final String CLEAR_ZPK = "FEDCBA98765432100123456789ABCDEF";
    private static final String ZPK = "UCB6BB0B64F0FC0AB4BFA531C4095771D";
    private static final String TAK = "U3C3D55072DCE0C7CBC0BBFBA86D54211";
    private static final String CARD = "6225880000000006";

    private static Simulator unit;
    private static Hsm pool;

    @BeforeAll
    static void open() throws IOException {
        unit = new Simulator("--profile", "payshield");
        pool = Hsm.open(unit.where, "payshield");
    }

    @AfterAll
    static void close() {
        pool.close();
        unit.close();
    }

    /** ISO 9564-1 format 0 of PIN 1234, by the JDK's own cipher. */
    private static byte[] block(String key) throws Exception {
        byte[] pin = HEX.parseHex("041234FFFFFFFFFF");
        byte[] account = HEX.parseHex("0000" + CARD.substring(3, 15));
        for (int i = 0; i < pin.length; ++i) pin[i] ^= account[i];
        Cipher cipher = Cipher.getInstance("DESede/ECB/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(HEX.parseHex(key + key.substring(0, 16)), "DESede"));
        return cipher.doFinal(pin);
    }

    @Test
    void translatesAPinInEveryWay() throws Exception {
        TranslatePin what = new TranslatePin(TPK, ZPK, block(CLEAR_TPK), CARD.toCharArray());
        byte[] expected = block(CLEAR_ZPK);
        assertArrayEquals(expected, pool.translatePin(what, SOON));
        assertArrayEquals(expected, pool.translatePinAsync(what, SOON).get(20, TimeUnit.SECONDS));
        try (HsmRequest request = HsmRequest.of("translate_pin").set("source_key", TPK).set("target_key", ZPK)
                .set("pin_block", block(CLEAR_TPK)).set("card", CARD.toCharArray());
                HsmReply reply = pool.run(request, SOON)) {
            assertArrayEquals(expected, reply.bytes("pin_block"));
            assertFalse(request.toString().contains(CARD) || what.toString().contains(CARD));
        }
    }

    @Test
    void endsAFutureWhoseThreadIsNotTakenIn() throws Exception {
        TranslatePin what = new TranslatePin(TPK, ZPK, block(CLEAR_TPK), CARD.toCharArray());
        try (Hsm other = Hsm.open(unit.where, "payshield")) { // whose thread is not known yet
            Native.refuseThreads(true);
            assertArrayEquals(block(CLEAR_ZPK), other.translatePinAsync(what, SOON).get(20, TimeUnit.SECONDS));
        } finally {
            Native.refuseThreads(false);
        }
    }

    @Test
    void makesAndVerifiesMacs() throws Exception {
        byte[] data = "0200 and everything up to field 63".getBytes(StandardCharsets.US_ASCII);
        MakeMac what = new MakeMac(TAK, data);
        byte[] mac = pool.makeMac(what, SOON);
        assertEquals(8, mac.length);
        assertArrayEquals(mac, pool.makeMacAsync(what, SOON).get(20, TimeUnit.SECONDS));
        assertTrue(pool.verifyMac(what, mac, 8, SOON));
        mac[0] ^= 1;
        assertFalse(pool.verifyMac(what, mac, 8, SOON));
        // The same MAC by the library's own arithmetic.
        try (Key key = Key.of(Key.Purpose.MAC, Key.Algorithm.TDES, HEX.parseHex(CLEAR_ZPK), "legacy")) {
            assertArrayEquals(key.makeMac(Key.Mac.RETAIL, 1, data), pool.makeMac(what, SOON));
        }
    }

    @Test
    void runsEveryOperationByItsName() {
        assertTrue(Hsm.operations().contains("translate_pin"));
        assertTrue(Hsm.requestFields("translate_pin").contains("source_key!"));
        assertTrue(Hsm.profiles().contains("sjj1312"));
        assertTrue(pool.supports("make_mac"));
        try (HsmReply found = pool.run(HsmRequest.of("diagnose"), SOON)) {
            assertTrue(found.names().contains("lmk_check"), found.toString());
        }
        try (HsmReply made = pool.run(HsmRequest.of("generate_key").set("key_type", "tak"), SOON)) {
            assertTrue(made.text("key").startsWith("U"), made.text("key"));
        }
        assertTrue(pool.stats().contains("# TYPE"), pool.stats());
    }

    /** A zone key of the tests, under the published test LMK; its check value is a published one. */
    private static final String ZONE_KEY = "U1EF828AA8F6B80EB83E19FBC373F3A85";

    @Test
    void makesMovesAndComparesKeys() {
        assertTrue(HEX.formatHex(pool.diagnose(SOON).lmkCheck()).startsWith("268604"));
        assertEquals(32, pool.random(32, SOON).length);
        assertEquals("6F1E3F", HEX.formatHex(pool.checkValue(KeyType.ZPK, ZONE_KEY, SOON)).substring(0, 6));
        String master = "U71979DEB8587E2734F1E99D5DCAEF9AC";
        byte[] check = HEX.parseHex("6F1E3F");
        HsmKey taken = pool.importKey(
                KeyType.ZPK, master, "XC8E3118AFA853807EB7E92294663A5BA", KeyScheme.DOUBLE, check, SOON);
        assertEquals(ZONE_KEY, taken.underLmk());
        assertFalse(taken.toString().contains(ZONE_KEY));
        check[0] ^= 1; // of another key
        assertThrows(CipherlaneException.class,
                () -> pool.importKey(KeyType.ZPK, master, "XC8E3118AFA853807EB7E92294663A5BA", KeyScheme.DOUBLE, check, SOON));
        HsmKey left = pool.exportKey(KeyType.ZPK, KeyType.ZMK, master, ZONE_KEY, KeyScheme.DOUBLE_ECB, SOON);
        assertEquals("XC8E3118AFA853807EB7E92294663A5BA", left.exported());
        HsmKey made = pool.generateKey(KeyType.TPK, KeyScheme.DOUBLE, SOON);
        assertTrue(made.underLmk().startsWith("U") && made.exported().isEmpty(), made.underLmk());
        HsmKey both = pool.generateAndExportKey(
                KeyType.ZPK, KeyType.ZMK, master, KeyScheme.DOUBLE, KeyScheme.DOUBLE_ECB, SOON);
        assertFalse(both.underLmk().isEmpty() || both.exported().isEmpty(), both.underLmk());
    }

    @Test
    void makesField64AndEncrypts() {
        byte[] message = "0200 and everything up to field 63".getBytes(StandardCharsets.US_ASCII);
        byte[] mac = pool.makePosMac(TAK, message, SOON);
        assertTrue(pool.verifyPosMac(TAK, message, mac, SOON));
        // By the library's own arithmetic, whose values are published ones.
        try (Key key = Key.of(Key.Purpose.MAC, Key.Algorithm.TDES, HEX.parseHex(CLEAR_ZPK), "legacy")) {
            assertArrayEquals(key.makeMac(Key.Mac.UNIONPAY_ASCII, 1, message), mac);
        }
        mac[7] ^= 1;
        assertFalse(pool.verifyPosMac(TAK, message, mac, SOON));
        assertFalse(pool.verifyPosMac(TAK, message, new byte[9], SOON));
        String key = pool.generateKey(KeyType.DEK, KeyScheme.DOUBLE, SOON).underLmk();
        byte[] clear = "two blocks here.".getBytes(StandardCharsets.US_ASCII);
        byte[] hidden = pool.encrypt(KeyType.DEK, key, CipherMode.CBC, new byte[8], clear, SOON);
        assertFalse(java.util.Arrays.equals(clear, hidden));
        assertArrayEquals(clear, pool.decrypt(KeyType.DEK, key, CipherMode.CBC, new byte[8], hidden, SOON));
    }

    /** What came of a call, so that two of them can be compared. */
    private static String told(java.util.function.Supplier<byte[]> call) {
        try {
            return HEX.formatHex(call.get());
        } catch (CompletionException why) {
            CipherlaneException known = (CipherlaneException) why.getCause();
            return known.condition() + " " + known.layer() + " " + known.code() + " " + known.peerCode();
        } catch (CipherlaneException why) {
            return why.condition() + " " + why.layer() + " " + why.code() + " " + why.peerCode();
        }
    }

    /** One door takes numbers, the other words: each value must be the same behind both. */
    @Test
    void takesTheSameValuesThroughBothDoors(@TempDir Path folder) throws Exception {
        // Every algorithm has a code here, so that none is refused before it is sent; the unit refuses those it lacks.
        Path profile = folder.resolve("all.toml");
        Files.writeString(profile, "base = \"payshield\"\n[codes.mac_algorithm]\nxor = \"7\"\nsm4 = \"8\"\n");
        try (Hsm every = Hsm.open(unit.where, profile.toString())) {
            for (MacAlgorithm algorithm : MacAlgorithm.values()) {
                for (MacPadding padding : MacPadding.values()) {
                    MakeMac what = new MakeMac(KeyType.TAK, TAK, algorithm, padding, new byte[16]);
                    String told = told(() -> every.makeMac(what, SOON));
                    assertEquals(told, told(() -> every.makeMacAsync(what, SOON).join()), what + " " + padding);
                    boolean here = algorithm != MacAlgorithm.UNIONPAY; // of this profile
                    assertEquals(here, !told.startsWith("UNSUPPORTED"), what + ": " + told);
                }
            }
            for (PinFormat format : PinFormat.values()) {
                if (format == PinFormat.UNIONPAY_SM4) continue; // of keys in this process
                TranslatePin what =
                        new TranslatePin(KeyType.TPK, TPK, ZPK, format, format, block(CLEAR_TPK), CARD.toCharArray());
                assertEquals(told(() -> every.translatePin(what, SOON)),
                        told(() -> every.translatePinAsync(what, SOON).join()), format.toString());
            }
        }
        for (KeyType type : KeyType.values()) assertEquals(type.name().toLowerCase(java.util.Locale.ROOT), type.word());
    }

    @Test
    void takesAUnitOutAndIn() {
        try (Hsm own = Hsm.open(unit.where, "payshield")) {
            own.drain(0);
            assertThrows(CipherlaneException.class, () -> own.diagnose(Duration.ofSeconds(2)));
            own.restore(0);
            assertEquals(8, own.diagnose(SOON).lmkCheck().length);
            assertThrows(CipherlaneException.class, () -> own.drain(7));
            assertThrows(IllegalArgumentException.class, () -> own.drain(-1));
        }
    }

    @Test
    void tellsRefusalsApart() throws Exception {
        CipherlaneException no = assertThrows(CipherlaneException.class,
                () -> pool.translatePin(new TranslatePin(TPK, ZPK, new byte[8], CARD.toCharArray()), SOON));
        assertEquals(Condition.REJECTED_BY_PEER, no.condition());
        assertFalse(no.peerCode().isEmpty());
        assertFalse(no.getMessage().contains(CARD));
        assertFalse(pool.explain(no).isEmpty());
        RawAnswer answer = pool.execute("NC".getBytes(StandardCharsets.US_ASCII), SOON);
        assertInstanceOf(RawAnswer.Accepted.class, answer);
        RawAnswer refused = pool.execute("BUxx".getBytes(StandardCharsets.US_ASCII), SOON);
        assertInstanceOf(RawAnswer.Refused.class, refused, refused.toString());
        ExecutionException late = assertThrows(ExecutionException.class,
                () -> pool.translatePinAsync(new TranslatePin(TPK, ZPK, new byte[8], CARD.toCharArray()), SOON).get());
        assertEquals(Condition.REJECTED_BY_PEER, ((CipherlaneException) late.getCause()).condition());
    }

    @Test
    void answersMisuseWithExceptions() throws Exception {
        assertThrows(NullPointerException.class, () -> Hsm.open(null, "payshield"));
        assertThrows(NullPointerException.class, () -> new MakeMac(null, new byte[8]));
        assertThrows(NullPointerException.class, () -> pool.execute(null, SOON));
        assertThrows(NullPointerException.class, () -> pool.makeMac(null, SOON));
        assertThrows(NullPointerException.class, () -> pool.makeMac(new MakeMac(TAK, new byte[8]), null));
        assertThrows(IllegalArgumentException.class, () -> Hsm.open("127.0.0.1:1\0", "payshield"));
        assertThrows(IllegalArgumentException.class,
                () -> pool.translatePin(new TranslatePin(TPK, ZPK, block(CLEAR_TPK), "62258x".toCharArray()), SOON));
        for (TranslatePin wrong : List.of(new TranslatePin(TPK, ZPK, new byte[3], CARD.toCharArray()),
                new TranslatePin("", ZPK, new byte[8], CARD.toCharArray()),
                new TranslatePin(TPK, "no key", new byte[8], CARD.toCharArray()),
                new TranslatePin(TPK, ZPK, new byte[8], "12".toCharArray()))) {
            CipherlaneException why = assertThrows(CipherlaneException.class, () -> pool.translatePin(wrong, SOON));
            assertFalse(why.getMessage().isEmpty());
        }
        assertThrows(CipherlaneException.class, () -> Hsm.open("nowhere", "payshield"));
        assertThrows(CipherlaneException.class, () -> Hsm.open(unit.where, "no such profile"));
        assertThrows(CipherlaneException.class, () -> pool.run(HsmRequest.of("no_such_operation"), SOON));
        CipherlaneException late = assertThrows(
                CipherlaneException.class, () -> pool.makeMac(new MakeMac(TAK, new byte[8]), Duration.ZERO));
        assertEquals(Condition.TIMED_OUT, late.condition());
        assertThrows(NullPointerException.class, () -> Hsm.requestFields(null));
        // Wiped fields would be a MAC over zeros, and a key of zeros.
        HsmRequest wiped = HsmRequest.of("make_mac").set("key", TAK).set("data", new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        wiped.close();
        assertThrows(IllegalStateException.class, () -> pool.run(wiped, SOON));
        assertThrows(IllegalStateException.class, () -> pool.start(wiped, SOON));
        HsmReply read = pool.run(HsmRequest.of("diagnose"), SOON);
        read.close();
        assertThrows(IllegalStateException.class, () -> read.bytes("lmk_check"));
        Hsm closed = Hsm.open(unit.where, "payshield");
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.makeMac(new MakeMac(TAK, new byte[8]), SOON));
        assertThrows(IllegalStateException.class, () -> closed.start(HsmRequest.of("diagnose"), SOON));
        // Tokens of nobody: the library judges them, and nothing crashes.
        for (long token : new long[] {0, 1, -1, Long.MAX_VALUE, 0x7fffdeadbeefL}) {
            assertThrows(CipherlaneException.class, () -> Native.hsmStats(token));
            assertThrows(CipherlaneException.class, () -> Native.keyCheckValue(token, 0, 3));
            Native.hsmClose(token);
            Native.stopClose(token);
        }
    }

    @Test
    void endsWhatIsUnderWayWhenItIsClosed() throws Exception {
        try (Simulator silent = new Simulator("--profile", "payshield", "--fault", "drop:NC")) {
            Hsm own = Hsm.openToml("units = [\"" + silent.where + "\"]\nprofile = \"payshield\"\non_connect = \"none\"\n");
            CompletableFuture<HsmReply> call = own.start(HsmRequest.of("diagnose"), Duration.ofMinutes(2));
            Thread.sleep(200);
            own.close();
            CompletionException end = assertThrows(CompletionException.class, call::join);
            assertInstanceOf(CipherlaneException.class, end.getCause());
            try (Hsm other = Hsm.open(unit.where, "payshield")) {
                CompletableFuture<HsmReply> cancelled = other.start(HsmRequest.of("diagnose"), SOON);
                cancelled.cancel(true);
                assertTrue(cancelled.isDone());
            }
        }
    }

    /** Whoever asks for something and waits for it need not keep the pool as well. */
    @Test
    void livesUntilWhatIsUnderWayHasEnded() throws Exception {
        try (Simulator slow = new Simulator("--profile", "payshield", "--fault", "{\"kind\":\"delay\",\"match\":\"NC\",\"delay_ms\":1500}")) {
            CompletableFuture<HsmReply> call = startedByNobody(slow.where);
            for (int i = 0; i < 10; ++i) {
                System.gc();
                Thread.sleep(50);
            }
            assertTrue(call.get(60, TimeUnit.SECONDS).names().contains("lmk_check"));
        }
    }

    private static CompletableFuture<HsmReply> startedByNobody(String where) {
        return Hsm.openToml("units = [\"" + where + "\"]\nprofile = \"payshield\"\non_connect = \"none\"\n")
                .start(HsmRequest.of("diagnose"), Duration.ofMinutes(2));
    }

    /** An executor that takes no work keeps nobody waiting. */
    @Test
    void endsAFutureWhateverItsExecutorDoes() {
        Call<String> call = new Call<>(this) {
            @Override
            public Executor defaultExecutor() {
                return work -> {
                    throw new RejectedExecutionException();
                };
            }
        };
        call.endWith("done", null);
        assertEquals("done", call.getNow(null));
    }

    @Test
    void isUsedByManyThreadsAtOnce() throws Exception {
        MakeMac what = new MakeMac(TAK, new byte[64]);
        byte[] expected = pool.makeMac(what, SOON);
        List<Throwable> faults = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; ++i) {
            Thread one = new Thread(() -> {
                for (int n = 0; n < 50; ++n) assertArrayEquals(expected, pool.makeMac(what, SOON));
            });
            one.setUncaughtExceptionHandler((thread, why) -> {
                synchronized (faults) {
                    faults.add(why);
                }
            });
            threads.add(one);
            one.start();
        }
        for (Thread one : threads) one.join();
        assertEquals(List.of(), faults);
    }

    /** Threads inside calls, futures that nobody waits for any more: the end of the program is no crash, and soon. */
    @Test
    void letsTheMachineEndWhileCallsAreUnderWay() throws Exception {
        try (Simulator silent = new Simulator("--profile", "payshield", "--fault", "drop:NC")) {
            for (String how : List.of("returned", "exit", "halt")) {
                Process leaving = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m", "-Dcipherlane.jni=" + System.getProperty("cipherlane.jni"), "-cp",
                        System.getProperty("java.class.path"), "cipherlane.Leaving", silent.where, how)
                        .redirectErrorStream(true)
                        .start();
                boolean ended = leaving.waitFor(60, TimeUnit.SECONDS);
                if (!ended) leaving.destroyForcibly();
                String told = new String(leaving.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(ended, how + ": " + told);
                assertEquals(0, leaving.exitValue(), how + ": " + told);
                assertEquals("leaving", told.strip(), how);
            }
        }
    }
}

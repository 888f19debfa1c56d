package cipherlane;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The door to the C interface. Texts are UTF-8; handles are tokens that the library judges. */
final class Native {
    private Native() {}

    static {
        load();
        Thread courier = new Thread(Native::tellLost, "cipherlane courier");
        courier.setDaemon(true);
        courier.start();
    }

    /** From the path of {@code cipherlane.jni}, else from {@code java.library.path}, else out of the jar. */
    private static void load() {
        String given = System.getProperty("cipherlane.jni");
        if (given != null) {
            System.load(Path.of(given).toAbsolutePath().toString());
            return;
        }
        try {
            System.loadLibrary("cipherlane_jni");
        } catch (UnsatisfiedLinkError notThere) {
            loadFromJar(notThere);
        }
    }

    private static void loadFromJar(UnsatisfiedLinkError notThere) {
        try (InputStream from = Native.class.getResourceAsStream("libcipherlane_jni.so")) {
            if (from == null) throw notThere;
            Path copy = Files.createTempFile("libcipherlane_jni", ".so");
            try {
                Files.write(copy, from.readAllBytes());
                System.load(copy.toString());
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (IOException why) {
            notThere.addSuppressed(why);
            throw notThere;
        }
    }

    /** Text for C: it must not hold a zero, which would end it. */
    static byte[] text(String from) {
        byte[] bytes = from.getBytes(StandardCharsets.UTF_8);
        if (from.indexOf('\0') >= 0) throw new IllegalArgumentException("text with a zero character in it");
        return bytes;
    }

    static String text(byte[] from) { return new String(from, StandardCharsets.UTF_8); }

    static long millis(Duration limit) {
        if (limit.isNegative()) return 0;
        try {
            return limit.plusNanos(999_999).toMillis();
        } catch (ArithmeticException forever) {
            return Long.MAX_VALUE;
        }
    }

    /** Called by the native library, on a thread of its own, which must not wait. */
    static void complete(Object future, byte[][] fields, CipherlaneException why) {
        ((HsmCall) future).end(fields, why);
    }

    /** Called by the native library, on a thread of its own. */
    static void paid(Object future, Payment payment, CipherlaneException why) {
        ((TillCall) future).end(payment, why);
    }

    /** Called by the native library, on a thread of a till: what happens there. */
    static void event(long listener, byte[] json) { Till.tell(listener, text(json)); }

    /** Ends the futures of calls whose thread the machine would not take in. Does not return. */
    private static native void tellLost();
    /** For tests: the machine takes no thread of the library's in. */
    static native void refuseThreads(boolean on);

    static native byte[] version();
    static native long stopCreate();
    static native void stopRequest(long stop);
    static native void stopClose(long stop);

    /** {@code profile} null: {@code units} is TOML. */
    static native long hsmOpen(byte[] units, byte[] profile);
    static native void hsmClose(long hsm);
    static native byte[] hsmStats(long hsm);
    static native void hsmAdmit(long hsm, int unit, boolean in);
    static native byte[] hsmExplain(long hsm, byte[] operation, byte[] peerCode);
    static native byte[] hsmMakePosMac(long hsm, byte[] key, byte[] message, long deadline);
    static native boolean hsmVerifyPosMac(long hsm, byte[] key, byte[] message, byte[] mac, long deadline);
    static native byte[] hsmNames(int what, byte[] operation);
    static native boolean hsmSupports(long hsm, byte[] operation);
    static native byte[][] hsmRun(
            long hsm, byte[] operation, byte[][] names, byte[][] values, byte[] kinds, long deadline);
    static native void hsmStart(long hsm, byte[] operation, byte[][] names, byte[][] values, byte[] kinds,
            long deadline, long stop, Object future);
    static native byte[][] hsmExecute(long hsm, byte[] command, long deadline);
    static native byte[] hsmTranslatePin(long hsm, int sourceType, byte[] sourceKey, byte[] targetKey,
            int sourceFormat, int targetFormat, byte[] pinBlock, byte[] card, long deadline);
    static native byte[] hsmMakeMac(
            long hsm, int keyType, byte[] key, int algorithm, int padding, byte[] data, long deadline);
    static native boolean hsmVerifyMac(long hsm, int keyType, byte[] key, int algorithm, int padding, byte[] data,
            byte[] mac, int length, long deadline);

    static native long keyCreate(int purpose, int algorithm, byte[] material, byte[] policy);
    static native void keyClose(long key);
    static native byte[] keyCheckValue(long key, int method, int length);
    static native byte[] macMake(long key, int algorithm, int padding, byte[] data);
    static native boolean macVerify(long key, int algorithm, int padding, byte[] data, byte[] mac, int length);
    static native byte[] pinTranslate(
            long source, int sourceFormat, byte[] pinBlock, long target, int targetFormat, byte[] card);
    static native byte[] digest(byte[] algorithm, byte[] data);
    static native long keyOfTransaction(long key, byte[] serialNumber, int purpose);
    static native byte[] keyData(int what, long key, int mode, byte[] first, byte[] data);
    static native byte[] pinEncrypt(long key, int format, byte[] pin, byte[] card);
    static native byte[] pinDecrypt(long key, int format, byte[] pinBlock, byte[] card);
    static native byte[] cardValue(int what, long key, byte[] card, byte[] first, byte[] second, int index);
    static native byte[] random(int size);
    static native byte[] combine(byte[] components, int count, int size);

    static native long dialectOpen(byte[] name);
    static native void dialectClose(long dialect);
    static native byte[] dialects();
    static native byte[] iso8583(int what, long dialect, int part, byte[] from);
    static native long tillOpen(byte[] file, long listener, long deadline);
    static native void tillClose(long till);
    static native long tillAt(long till, byte[] terminal);
    static native byte[] tillNames(long till);
    static native Payment tillPay(long till, byte[][] texts, long[] numbers, long deadline);
    static native void tillStart(
            long till, byte[][] texts, long[] numbers, long deadline, long stop, Object future);
    static native Payment tillLookup(long till, byte[] key, long handle, long deadline);
    static native Payment[] tillRecover(long till, long handle, long deadline);
    static native void tillAcknowledge(long till, long handle, long deadline);
    static native byte[] tillNotices(long till, long deadline);
    static native void tillAcknowledgeNotice(long till, long notice, long deadline);
    static native byte[] tillPayment(long till, long handle, long deadline);
    static native boolean tillPrint(long till, long handle, int copy, long deadline);
    static native byte[] tillPreflight(byte[] file, long deadline);
    static native Payment tillDecide(long till, long handle, int paid, long moved, byte[] note, long deadline);
    static native byte[] tillStatus(long till, long deadline);
    static native byte[] tillJournal(long till, byte[] terminal, int open, int most, long deadline);
    static native byte[] tillAsk(long till, byte[] what, long deadline);
    static native byte[] tillSignOn(long till, byte[] operator, byte[] secret, long deadline);
    static native void tillSignOff(long till);
    static native byte[] tillCloseShift(long till, long deadline);
    static native byte[] tillShifts(long till, int most, long deadline);
    static native byte[] tillReceipt(long till, long handle, int copy, int columns, long deadline);

    static native byte[] qr(int what, byte[] text, int scale);

    static native byte[] tlv(int what, byte[] data, int tag);
    static native byte[] tlvObject(int tag, byte[] value);
    static native long keyBlocksCreate(long protection, int version);
    static native void keyBlocksClose(long blocks);
    static native byte[] keyBlocks(int what, long blocks, byte[] first, byte[] second, long other);
    static native long keyBlocksUnwrapKey(long blocks, byte[] block, int purpose, byte[] policy);

    static native byte[] devices(byte[] kind);
    static native long deviceOpen(int kind, byte[] driver, byte[] address, long limit);
    static native void deviceClose(int kind, long device);
    static native void deviceShow(int what, long device, byte[] first, byte[] second, long amount, int currency,
            int number, long limit);
    static native boolean pinpadAttached(long pinpad);
    static native byte[] deviceAsk(int what, long device, long limit);
}

package cipherlane;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * {@code ManyCalls CALLS}: so many calls of the library; after the first quarter of them the memory of the process may
 * not grow. Run with a small heap of its own size, or the heap's growth hides what is looked for.
 */
public final class ManyCalls {
    private static final long SLACK = 16 << 20; // the compiler's, the collector's
    private static final byte[] MATERIAL = HexFormat.of().parseHex("2222222222222222");
    private static final byte[] MESSAGE = "0200".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private ManyCalls() {}

    private static long residentBytes() throws IOException {
        System.gc();
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
    }

    /** Seven calls, one of which fails. */
    private static boolean aRound(Iso8583 dialect) {
        try (Key key = Key.of(Key.Purpose.MAC, Key.Algorithm.DES, MATERIAL, "legacy")) {
            byte[] mac = key.makeMac(Key.Mac.UNIONPAY_ASCII, 0, MESSAGE);
            if (!key.verifyMac(Key.Mac.UNIONPAY_ASCII, 0, MESSAGE, mac, 8)) return false;
        }
        byte[] frame = dialect.fromJson("{\"mti\":\"0800\",\"fields\":{\"11\":\"000001\"}}");
        if (!dialect.toJson(frame).contains("000001")) return false;
        try {
            dialect.toJson(Arrays.copyOf(frame, frame.length - 1));
            return false;
        } catch (CipherlaneException expected) {
            return expected.condition() == Condition.BAD_MESSAGE;
        }
    }

    /** Ends with 1 where something was wrong or kept. */
    public static void main(String[] arguments) throws IOException {
        long wanted = Long.parseLong(arguments[0]);
        long warm = 0;
        try (Iso8583 dialect = Iso8583.dialect("iso87-ascii")) {
            for (long calls = 0; calls < wanted; calls += 7) {
                if (!aRound(dialect)) throw new IllegalStateException("a call went wrong");
                if (warm == 0 && calls > wanted / 4) warm = residentBytes();
            }
        }
        long grown = residentBytes() - warm;
        System.out.println(wanted + " calls, " + (grown >> 10) + " KiB more than after the first quarter");
        if (grown > SLACK) System.exit(1);
    }
}

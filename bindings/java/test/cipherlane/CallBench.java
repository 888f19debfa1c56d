package cipherlane;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * One figure: without arguments the nanoseconds of processor time that a MAC over 64 bytes takes, with HOST:PORT the
 * calls a second of eight threads on one pool there. languages_bench runs it.
 */
public final class CallBench {
    private static final int THREADS = 8;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private CallBench() {}

    private static double mac() {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        byte[] material = new byte[8];
        Arrays.fill(material, (byte) 0x22);
        byte[] data = new byte[64];
        double best = 1e9;
        try (Key key = Key.of(Key.Purpose.MAC, Key.Algorithm.DES, material, "legacy")) {
            for (int round = 0; round < 40; ++round) {
                int batch = 10_000;
                long from = clock.getCurrentThreadCpuTime();
                for (int i = 0; i < batch; ++i) key.makeMac(Key.Mac.UNIONPAY_ASCII, 0, data);
                best = Math.min(best, (clock.getCurrentThreadCpuTime() - from) / (double) batch);
            }
        }
        return best;
    }

    private static double rate(String unit) throws InterruptedException {
        LongAdder answered = new LongAdder();
        try (Hsm pool = Hsm.open(unit, "payshield");
                HsmReply made = pool.run(HsmRequest.of("generate_key").set("key_type", "tak"), LIMIT)) {
            MakeMac what = new MakeMac(made.text("key"), new byte[64]);
            long[] until = {System.nanoTime() + Duration.ofSeconds(1).toNanos(), 0}; // the compiler's second
            for (int phase = 0; phase < 2; ++phase) {
                long end = until[0];
                Thread[] all = new Thread[THREADS];
                for (int i = 0; i < THREADS; ++i) {
                    all[i] = new Thread(() -> {
                        while (System.nanoTime() < end) {
                            pool.makeMac(what, LIMIT);
                            answered.increment();
                        }
                    });
                }
                long from = System.nanoTime();
                for (Thread each : all) each.start();
                for (Thread each : all) each.join();
                if (phase == 1) return answered.sum() / ((System.nanoTime() - from) / 1e9);
                answered.reset();
                until[0] = System.nanoTime() + Duration.ofSeconds(2).toNanos();
            }
        }
        return 0;
    }

    /** Prints the figure. */
    public static void main(String[] arguments) throws InterruptedException {
        System.out.printf("%.0f%n", arguments.length == 0 ? mac() : rate(arguments[0]));
    }
}

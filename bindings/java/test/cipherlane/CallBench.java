package cipherlane;

import java.lang.management.CompilationMXBean;
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
        try (Hsm pool = Hsm.open(unit, "payshield");
                HsmReply made = pool.run(HsmRequest.of("generate_key").set("key_type", "tak"), LIMIT)) {
            MakeMac what = new MakeMac(made.text("key"), new byte[64]);
            warmUp(pool, what);
            long from = System.nanoTime();
            long answered = asked(pool, what, Duration.ofSeconds(2));
            return answered / ((System.nanoTime() - from) / 1e9);
        }
    }

    /** Until the compiler has nothing more to do: on a slow machine that takes more calls than a second has. */
    private static void warmUp(Hsm pool, MakeMac what) throws InterruptedException {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        long spent = -1000;
        for (int i = 0; i < 20 && compiler.getTotalCompilationTime() - spent > 20; ++i) { // milliseconds of half a second
            spent = compiler.getTotalCompilationTime();
            asked(pool, what, Duration.ofMillis(500));
        }
    }

    private static long asked(Hsm pool, MakeMac what, Duration span) throws InterruptedException {
        LongAdder answered = new LongAdder();
        long end = System.nanoTime() + span.toNanos();
        Thread[] all = new Thread[THREADS];
        for (int i = 0; i < THREADS; ++i) {
            all[i] = new Thread(() -> {
                while (System.nanoTime() < end) {
                    pool.makeMac(what, LIMIT);
                    answered.increment();
                }
            });
            all[i].start();
        }
        for (Thread each : all) each.join();
        return answered.sum();
    }

    /** Prints the figure. */
    public static void main(String[] arguments) throws InterruptedException {
        System.out.printf("%.0f%n", arguments.length == 0 ? mac() : rate(arguments[0]));
    }
}

// A front over a pool of two units with the same local master key: MACs from eight threads while one unit goes away.
// Nothing happens to the callers.
//
//     java -cp cipherlane.jar FrontSample.java HOST:PORT HOST:PORT [PROFILE]
import cipherlane.*;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

public class FrontSample {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length < 2) {
            System.err.println("usage: FrontSample HOST:PORT HOST:PORT [PROFILE]");
            System.exit(2);
        }
        String profile = arguments.length > 2 ? arguments[2] : "payshield";
        String settings = "units = [\"" + arguments[0] + "\", \"" + arguments[1] + "\"]\n"
                + "profile = \"" + profile + "\"\nanswer_timeout_ms = 500\n"; // a silent unit costs this much
        boolean right = false;
        try (Hsm pool = Hsm.openToml(settings)) {
            String tak = pool.generateKey(KeyType.TAK, KeyScheme.DOUBLE, LIMIT).underLmk();
            right = serve(pool, new MakeMac(tak, "0200 and so on, sixteen".getBytes()));
        } catch (CipherlaneException why) { // no unit is there, or none makes a key
            System.err.println(why.getMessage());
        }
        System.exit(right ? 0 : 1);
    }

    /** Two seconds of eight threads; whether all went well. */
    private static boolean serve(Hsm pool, MakeMac request) throws InterruptedException {
        AtomicInteger good = new AtomicInteger();
        AtomicInteger lost = new AtomicInteger();
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; ++i) {
            Thread one = new Thread(() -> {
                while (System.nanoTime() < end) {
                    try {
                        pool.makeMac(request, LIMIT);
                        good.incrementAndGet();
                    } catch (CipherlaneException why) {
                        System.err.println(why.getMessage());
                        lost.incrementAndGet();
                    }
                }
            });
            threads.add(one);
            one.start();
        }
        for (Thread one : threads) one.join();
        System.out.println(good + " MACs, " + lost + " lost");
        return lost.get() == 0 && good.get() > 100;
    }
}

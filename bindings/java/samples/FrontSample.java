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
    public static void main(String[] arguments) throws InterruptedException {
        String profile = arguments.length > 2 ? arguments[2] : "payshield";
        String settings = "units = [\"" + arguments[0] + "\", \"" + arguments[1] + "\"]\n"
                + "profile = \"" + profile + "\"\nanswer_timeout_ms = 500\n"; // a silent unit costs this much
        Duration limit = Duration.ofSeconds(5);
        AtomicInteger good = new AtomicInteger();
        AtomicInteger lost = new AtomicInteger();
        try (Hsm pool = Hsm.openToml(settings)) {
            String tak = pool.run(HsmRequest.of("generate_key").set("key_type", "tak"), limit).text("key");
            MakeMac request = new MakeMac(tak, "0200 and so on, sixteen".getBytes());
            long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; ++i) {
                Thread one = new Thread(() -> {
                    while (System.nanoTime() < end) {
                        try {
                            pool.makeMac(request, limit);
                            good.incrementAndGet();
                        } catch (CipherlaneException why) {
                            System.out.println(why.getMessage());
                            lost.incrementAndGet();
                        }
                    }
                });
                threads.add(one);
                one.start();
            }
            for (Thread one : threads) one.join();
            System.out.println(good + " MACs, " + lost + " lost");
        }
        System.exit(lost.get() == 0 && good.get() > 100 ? 0 : 1);
    }
}

package cipherlane;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A program that ends while calls are under way: {@code Leaving HOST:PORT returned|exit|halt}, at a unit that answers
 * anything but a diagnosis. HsmTest runs it.
 */
public final class Leaving {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private Leaving() {}

    private static void inBackground(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    /** Begins calls of every kind, and ends. */
    public static void main(String[] arguments) throws InterruptedException {
        String settings = "units = [\"" + arguments[0] + "\"]\nprofile = \"payshield\"\non_connect = \"none\"\n";
        AtomicLong answered = new AtomicLong();
        List<CompletableFuture<HsmReply>> unanswered = new ArrayList<>();
        Hsm silent = Hsm.openToml(settings);
        for (int i = 0; i < 20; ++i) unanswered.add(silent.start(HsmRequest.of("diagnose"), LIMIT));
        inBackground(() -> silent.run(HsmRequest.of("diagnose"), LIMIT));
        for (int i = 0; i < 8; ++i) {
            Hsm pool = Hsm.openToml(settings);
            inBackground(() -> {
                while (true) {
                    pool.run(HsmRequest.of("random").set("size", 16), LIMIT).close();
                    pool.start(HsmRequest.of("random").set("size", 16), LIMIT).thenAccept(HsmReply::close);
                    answered.incrementAndGet();
                }
            });
        }
        while (answered.get() < 20) Thread.sleep(20);
        System.out.println("leaving");
        System.out.flush();
        if (arguments[1].equals("exit")) System.exit(0);
        if (arguments[1].equals("halt")) Runtime.getRuntime().halt(0);
    }
}

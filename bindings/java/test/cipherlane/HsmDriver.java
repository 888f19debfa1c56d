package cipherlane;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletionException;

/**
 * The cipher-machine conformance suite's hand in Java: tests/conformance/hsm/language_unit.hpp says which lines it
 * reads and writes. Every other request is a future, so that both doors are judged.
 */
public final class HsmDriver implements AutoCloseable {
    private static final HexFormat HEX = HexFormat.of();
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Hsm pool;
    private int asked;

    private HsmDriver() {}

    private String open(String units, String profile) {
        close();
        pool = Hsm.open(units, profile);
        return "ok";
    }

    private static HsmRequest request(String[] words) {
        HsmRequest made = HsmRequest.of(words[1]);
        for (int i = 2; i < words.length; ++i) {
            int equals = words[i].indexOf('=');
            String name = words[i].substring(2, equals);
            byte[] value = HEX.parseHex(words[i].substring(equals + 1));
            switch (words[i].charAt(0)) {
                case 'n' -> made.set(name, Long.parseLong(Native.text(value)));
                case 't' -> made.set(name, Native.text(value));
                default -> made.set(name, value);
            }
        }
        return made;
    }

    private String run(String[] words) {
        try (HsmRequest what = request(words);
                HsmReply reply = ++asked % 2 == 0 ? pool.start(what, LIMIT).join() : pool.run(what, LIMIT)) {
            StringBuilder line = new StringBuilder("ok");
            for (String name : reply.names()) line.append(field(name, reply.bytes(name)));
            return line.toString();
        }
    }

    private String execute(String command) {
        RawAnswer answer = pool.execute(HEX.parseHex(command), LIMIT);
        if (answer instanceof RawAnswer.Refused no)
            return "ok" + field("answer", no.bytes()) + field("status", Native.text(no.status()))
                    + field("meaning", Native.text(no.meaning()));
        return "ok" + field("answer", ((RawAnswer.Accepted) answer).bytes()) + field("status", Native.text("00"))
                + field("meaning", new byte[0]);
    }

    private static String field(String name, byte[] value) { return " " + name + "=" + HEX.formatHex(value); }

    private static String word(String text) { return text.isEmpty() ? " -" : " " + HEX.formatHex(Native.text(text)); }

    private static String fault(CipherlaneException why) {
        return "fault" + word(why.layer()) + " " + why.code() + word(why.peerCode()) + word(why.operation())
                + word(why.field()) + word(why.getMessage());
    }

    private String answer(String[] words) {
        try {
            return switch (words[0]) {
                case "open" -> open(words[1], words[2]);
                case "fields" -> "ok " + String.join(" ", Hsm.requestFields(words[1]));
                case "run" -> run(words);
                default -> execute(words[1]);
            };
        } catch (CipherlaneException why) {
            return fault(why);
        } catch (CompletionException why) {
            if (why.getCause() instanceof CipherlaneException cause) return fault(cause);
            throw why;
        }
    }

    @Override
    public void close() {
        if (pool != null) pool.close();
    }

    /** Reads lines until there are no more. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        try (HsmDriver driver = new HsmDriver()) {
            for (String line = in.readLine(); line != null; line = in.readLine())
                out.println(driver.answer(line.split(" ")));
        }
    }
}

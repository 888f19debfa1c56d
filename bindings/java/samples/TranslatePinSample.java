// Connects a cipher machine and translates a PIN. Keys are made on the spot, so this runs against any unit:
//
//     java -cp cipherlane.jar TranslatePinSample.java HOST:PORT [PROFILE]
// [translate]
import cipherlane.*;
import java.time.Duration;
import java.util.HexFormat;

public class TranslatePinSample {
    private static final Duration SOON = Duration.ofSeconds(5);

    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            System.err.println("usage: TranslatePinSample HOST:PORT [PROFILE]");
            System.exit(2);
        }
        try (Hsm pool = Hsm.open(arguments[0], arguments.length > 1 ? arguments[1] : "payshield")) {
            String tpk = pool.generateKey(KeyType.TPK, KeyScheme.DOUBLE, SOON).underLmk();
            String zpk = pool.generateKey(KeyType.ZPK, KeyScheme.DOUBLE, SOON).underLmk();
            System.out.println(translated(pool, tpk, zpk));
        } catch (CipherlaneException why) { // it is not there, speaks another dialect, or refuses to make keys
            System.err.println(why.getMessage());
            System.exit(1);
        }
    }

    private static String translated(Hsm pool, String tpk, String zpk) {
        byte[] block = HexFormat.of().parseHex("5a5a5a5a5a5a5a5a"); // a terminal would send one under its TPK
        try {
            byte[] out = pool.translatePin(new TranslatePin(tpk, zpk, block, "6225880000000006".toCharArray()), SOON);
            return "translated: " + HexFormat.of().formatHex(out);
        } catch (CipherlaneException no) { // these eight bytes are no PIN block, and the unit finds that out
            if (no.condition() != Condition.REJECTED_BY_PEER) throw no;
            return "the unit says no, code " + no.peerCode();
        }
    }
}
// [/translate]

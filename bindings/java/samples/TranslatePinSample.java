// Connects a cipher machine and translates a PIN. Keys are made on the spot, so this runs against any unit:
//
//     java -cp cipherlane.jar TranslatePinSample.java HOST:PORT [PROFILE]
import cipherlane.*;
import java.time.Duration;
import java.util.HexFormat;

public class TranslatePinSample {
    public static void main(String[] arguments) {
        Duration soon = Duration.ofSeconds(5);
        try (Hsm pool = Hsm.open(arguments[0], arguments.length > 1 ? arguments[1] : "payshield")) {
            String tpk = pool.run(HsmRequest.of("generate_key").set("key_type", "tpk"), soon).text("key");
            String zpk = pool.run(HsmRequest.of("generate_key").set("key_type", "zpk"), soon).text("key");
            byte[] block = HexFormat.of().parseHex("5a5a5a5a5a5a5a5a"); // a terminal would send one under its TPK
            byte[] out = pool.translatePin(new TranslatePin(tpk, zpk, block, "6225880000000006".toCharArray()), soon);
            System.out.println("translated: " + HexFormat.of().formatHex(out));
        } catch (CipherlaneException why) { // these eight bytes are no PIN block, and the unit finds that out
            System.out.println(why.condition() + " " + why.peerCode() + ": " + why.getMessage());
            System.exit(why.condition() == Condition.REJECTED_BY_PEER ? 0 : 1);
        }
    }
}

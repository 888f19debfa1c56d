package cipherlane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What needs no device: keys, messages, payment codes. */
class PlainTest {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    @Test
    void digestsAsPublished() {
        // GB/T 32905-2016, example 1; FIPS 180-2, "abc".
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        assertEquals("66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0",
                HEX.formatHex(Key.digest("SM3", abc)));
        assertEquals("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                HEX.formatHex(Key.digest("SHA256", abc)));
    }

    @Test
    void keepsAKeyToItsPurpose() {
        byte[] material = HEX.parseHex("0123456789ABCDEFFEDCBA9876543210");
        try (Key key = Key.of(Key.Purpose.MAC, Key.Algorithm.TDES, material, "legacy")) {
            Cipherlane.wipe(material);
            assertEquals("08D7B4", HEX.formatHex(key.checkValue(3)));
            byte[] mac = key.makeMac(Key.Mac.RETAIL, 1, new byte[16]);
            assertTrue(key.verifyMac(Key.Mac.RETAIL, 1, new byte[16], mac, mac.length));
            assertThrows(CipherlaneException.class,
                    () -> key.translatePin(PinFormat.ISO0, new byte[8], key, PinFormat.ISO0, "6225880000000006".toCharArray()));
        }
        assertThrows(CipherlaneException.class,
                () -> Key.of(Key.Purpose.MAC, Key.Algorithm.TDES, new byte[7], "legacy"));
        Key closed = Key.of(Key.Purpose.MAC, Key.Algorithm.AES, new byte[16], "legacy");
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.checkValue(3));
    }

    @Test
    void explainsMessages() {
        try (Iso8583 dialect = Iso8583.dialect("iso87-ascii")) {
            assertTrue(Iso8583.dialects().contains("cup-pos"));
            String json = "{\"mti\":\"0800\",\"fields\":{\"7\":\"1122000000\",\"11\":\"000001\",\"70\":\"301\"}}";
            byte[] message = dialect.fromJson(json);
            assertTrue(dialect.toJson(message).contains("\"70\""), dialect.toJson(message));
            assertTrue(dialect.explain(message).contains("0800"), dialect.explain(message));
            assertThrows(CipherlaneException.class, () -> dialect.toJson(new byte[] {1, 2, 3}));
            assertThrows(CipherlaneException.class, () -> dialect.fromJson("{"));
        }
        CipherlaneException none = assertThrows(CipherlaneException.class, () -> Iso8583.dialect("none"));
        assertFalse(none.getMessage().isEmpty());
    }

    @Test
    void makesPaymentCodes() {
        String text = Qr.encode(
                "{\"00\":\"01\",\"52\":\"5812\",\"53\":\"156\",\"58\":\"CN\",\"59\":\"SHOP\",\"60\":\"SH\"}");
        assertTrue(text.startsWith("000201"), text);
        assertTrue(Qr.decode(text).contains("SHOP"));
        String wrong = text.substring(0, text.length() - 1) + (text.endsWith("0") ? "1" : "0");
        assertThrows(CipherlaneException.class, () -> Qr.decode(wrong));
        assertArrayEquals(new byte[] {(byte) 0x89, 'P', 'N', 'G'}, java.util.Arrays.copyOf(Qr.png(text, 4), 4));
        assertThrows(CipherlaneException.class, () -> Qr.png(text, 0));
    }

    @Test
    void saysItsVersion() { assertTrue(Cipherlane.version().matches("\\d+\\.\\d+\\.\\d+.*"), Cipherlane.version()); }
}

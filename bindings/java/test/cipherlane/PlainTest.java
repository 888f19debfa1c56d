package cipherlane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
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

    /** FIPS 197, appendix C.1; GM/T 0002-2012, example 1. */
    @Test
    void encryptsAsPublished() {
        byte[] counted = HEX.parseHex("000102030405060708090A0B0C0D0E0F");
        byte[] clear = HEX.parseHex("00112233445566778899AABBCCDDEEFF");
        try (Key key = Key.of(Key.Purpose.DATA, Key.Algorithm.AES, counted, "pci")) {
            byte[] hidden = key.encrypt(CipherMode.ECB, null, clear);
            assertEquals("69C4E0D86A7B0430D8CDB78070B4C55A", HEX.formatHex(hidden));
            assertArrayEquals(clear, key.decrypt(CipherMode.ECB, null, hidden));
            byte[] bound = {1};
            byte[] sealed = key.seal(bound, clear);
            assertEquals(clear.length + 28, sealed.length);
            assertArrayEquals(clear, key.open(bound, sealed));
            assertThrows(CipherlaneException.class, () -> key.open(null, sealed));
            sealed[20] ^= 1;
            assertThrows(CipherlaneException.class, () -> key.open(bound, sealed));
            assertThrows(NullPointerException.class, () -> key.encrypt(null, null, clear));
        }
        byte[] material = HEX.parseHex("0123456789ABCDEFFEDCBA9876543210");
        try (Key key = Key.of(Key.Purpose.DATA, Key.Algorithm.SM4, material, "cup-pos")) {
            assertEquals("681EDF34D206965E86B3E94F536E4246", HEX.formatHex(key.encrypt(CipherMode.ECB, null, material)));
        }
    }

    /** Of dukpt_tdes.csv, cvv.csv and pin_pvv.csv in tests/vectors, where their origins stand. */
    @Test
    void makesPinsAndCardValuesAsPublished() {
        byte[] material = HEX.parseHex("0123456789ABCDEFFEDCBA9876543210");
        char[] card = "4012345678909".toCharArray();
        try (Key base = Key.of(Key.Purpose.DERIVATION, Key.Algorithm.TDES, material, "cup-pos");
                Key once = base.ofTransaction(HEX.parseHex("FFFF9876543210E00001"), Key.Purpose.PIN)) {
            byte[] block = once.encryptPin(PinFormat.ISO0, "1234".toCharArray(), card);
            assertEquals("1B9C1845EB993A7A", HEX.formatHex(block));
            assertArrayEquals("1234".toCharArray(), once.decryptPin(PinFormat.ISO0, block, card));
            assertThrows(CipherlaneException.class, () -> once.decryptPin(PinFormat.DIEBOLD, block, card));
            assertThrows(CipherlaneException.class, () -> base.encryptPin(PinFormat.ISO0, "1234".toCharArray(), card));
        }
        try (Key key = Key.of(Key.Purpose.PVV, Key.Algorithm.TDES, material, "cup-pos")) {
            assertEquals("8523", key.pvv("1122334455667788".toCharArray(), 1, "4524".toCharArray()));
        }
        byte[] other = HEX.parseHex("12345678123456788765432187654321");
        try (Key key = Key.of(Key.Purpose.CVV, Key.Algorithm.TDES, other, "legacy")) {
            assertEquals("453", key.cvv("123456789012".toCharArray(), "1108", "000"));
        }
    }

    @Test
    void combinesComponents() {
        byte[] first = HEX.parseHex("0123456789ABCDEFFEDCBA9876543210");
        byte[] second = HEX.parseHex("F0F0F0F0F0F0F0F00F0F0F0F0F0F0F0F");
        assertEquals("F1D3B597795B3D1FF1D3B597795B3D1F", HEX.formatHex(Key.combine(first, second)));
        assertThrows(CipherlaneException.class, () -> Key.combine(first));
        assertThrows(IllegalArgumentException.class, () -> Key.combine(first, new byte[8]));
        assertEquals(16, Cipherlane.random(16).length);
        assertEquals(0, Cipherlane.random(0).length);
        assertThrows(IllegalArgumentException.class, () -> Cipherlane.random(-1));
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

    @Test
    void findsAndMakesEmvObjects() {
        byte[] amount = Tlv.object(0x9F02, HEX.parseHex("000000001000"));
        assertEquals("9F0206000000001000", HEX.formatHex(amount));
        assertEquals("000000001000", HEX.formatHex(Tlv.find(amount, 0x9F02).orElseThrow()));
        assertTrue(Tlv.find(amount, 0x9F26).isEmpty());
        assertTrue(Tlv.toJson(amount).contains("9F02"), Tlv.toJson(amount));
        // Longer than what the natives keep at hand.
        byte[] lengthy = Tlv.object(0xDF01, new byte[4000]);
        assertEquals(4000, Tlv.find(lengthy, 0xDF01).orElseThrow().length);
        assertThrows(CipherlaneException.class, () -> Tlv.toJson(new byte[] {(byte) 0x9F}));
    }

    /** The block of the Python and C tests, whose origin stands in tests/vectors. */
    @Test
    void unwrapsAKeyBlockAsPublished() {
        String block = "B0096M3TC00E0000B6CD513680EF255FC0DC590726FD0129A7CF6602E7F271631AB4EE7350642F11181AF4CC12F12FD9";
        byte[] protection = HEX.parseHex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB");
        try (Key key = Key.of(Key.Purpose.BLOCK, Key.Algorithm.TDES, protection, "legacy");
                KeyBlocks blocks = KeyBlocks.under(key, KeyBlocks.Version.B);
                Key other = Key.of(Key.Purpose.BLOCK, Key.Algorithm.AES, new byte[16], "legacy");
                KeyBlocks moved = KeyBlocks.under(other, KeyBlocks.Version.D)) {
            byte[] clear = blocks.unwrap(block);
            assertEquals("EEEEEEEEEEEEEEEE", HEX.formatHex(clear).substring(0, 16));
            assertTrue(KeyBlocks.inspect(block).contains("\"M3\""), KeyBlocks.inspect(block));
            String again = blocks.wrap(block.substring(0, 16), clear);
            assertArrayEquals(clear, blocks.unwrap(again));
            assertArrayEquals(clear, moved.unwrap(blocks.rewrap(block, moved, "legacy")));
            String broken = block.substring(0, 20) + "00" + block.substring(22);
            assertThrows(CipherlaneException.class, () -> blocks.unwrap(broken));
            assertThrows(CipherlaneException.class, () -> blocks.unwrap(block, Key.Purpose.PIN, "legacy"));
        }
    }

    @Test
    void knowsItsDevices() {
        assertTrue(Devices.drivers("display").contains("rcall"));
        assertTrue(Devices.drivers("pinpad").contains("abecs"));
        assertTrue(Devices.drivers("terminal").contains("zvt"));
        assertThrows(CipherlaneException.class, () -> Devices.drivers("kettle"));
        assertTrue(Devices.list().startsWith("["), Devices.list());
        Duration soon = Duration.ofSeconds(5);
        assertThrows(CipherlaneException.class, () -> Display.open("rcall", "/dev/none", soon));
        assertThrows(CipherlaneException.class, () -> Pinpad.open("abecs", "/dev/none", soon));
        assertThrows(CipherlaneException.class, () -> Terminal.open("zvt", "tcp:127.0.0.1:1", soon));
    }
}

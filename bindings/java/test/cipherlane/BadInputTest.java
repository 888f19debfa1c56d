package cipherlane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every public method, called as nobody should: with nulls, with numbers that cannot be, with nothing in arrays, and of
 * what is closed. Each ends with a value or an exception of the language. A new method is tried from its first day.
 */
class BadInputTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String KEY = "U1EF828AA8F6B80EB83E19FBC373F3A85";
    private static final List<Class<?>> OF_NOBODY =
            List.of(Cipherlane.class, Devices.class, Qr.class, Tlv.class, Trade.class, HsmRequest.class, Display.class,
                    Pinpad.class, Terminal.class);

    private final List<AutoCloseable> given = new ArrayList<>();

    private static Key key() {
        return Key.of(Key.Purpose.MAC, Key.Algorithm.TDES, new byte[] {1, 2, 4, 7, 8, 11, 13, 14, 16, 19, 21, 22, 25,
                26, 28, 31}, "legacy");
    }

    private static KeyBlocks blocks() {
        try (Key protection = Key.of(Key.Purpose.BLOCK, Key.Algorithm.TDES, new byte[] {1, 2, 4, 7, 8, 11, 13, 14, 16,
                19, 21, 22, 25, 26, 28, 31}, "legacy")) {
            return KeyBlocks.under(protection, KeyBlocks.Version.B);
        }
    }

    /** Nobody is at that port. */
    private static Hsm hsm() { return Hsm.open("127.0.0.1:1", "payshield"); }

    private static Till till(Path folder) throws Exception {
        Path file = folder.resolve("till.toml");
        Files.writeString(file, "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[journal]\nfile = \""
                + folder.resolve("till.db") + "\"\nkey_file = \"" + folder.resolve("till.key") + "\"\n");
        return Till.open(file.toString(), event -> { throw new IllegalStateException("a listener that throws"); }, SOON);
    }

    private <T extends AutoCloseable> T keep(T made) {
        given.add(made);
        return made;
    }

    private Object good(Class<?> type) {
        if (type == String.class) return "0";
        if (type == int.class) return 1;
        if (type == long.class) return 1L;
        if (type == boolean.class) return true;
        if (type == byte[].class) return new byte[16];
        if (type == char[].class) return "4711".toCharArray();
        if (type == Duration.class) return SOON;
        if (type == Trade.class) return keep(Trade.sale("key", 1));
        if (type == HsmRequest.class) return keep(HsmRequest.of("random").set("size", 8));
        if (type == TranslatePin.class) return new TranslatePin(KEY, KEY, new byte[8], "550000025321".toCharArray());
        if (type == MakeMac.class) return new MakeMac(KEY, new byte[8]);
        if (type == Key.class) return keep(key());
        if (type == KeyBlocks.class) return keep(blocks());
        if (type == TillListener.class) return (TillListener) event -> {};
        if (type.isEnum()) return type.getEnumConstants()[0];
        if (type.isArray()) return java.lang.reflect.Array.newInstance(type.getComponentType(), 0);
        return null;
    }

    private static List<Object> bad(Class<?> type) {
        List<Object> all = new ArrayList<>();
        if (type == int.class) all.addAll(List.of(0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE));
        if (type == long.class) all.addAll(List.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE));
        if (type == String.class) all.addAll(List.of("", "\0", "\ud800", "x".repeat(100_000)));
        if (type == byte[].class) all.add(new byte[0]);
        if (type == char[].class) all.addAll(List.of(new char[0], new char[] {0, '\u5bc6'}));
        if (type == Duration.class) all.addAll(List.of(Duration.ZERO, Duration.ofSeconds(-1)));
        if (!type.isPrimitive()) all.add(null);
        return all;
    }

    /** @return whether it ended with a value. */
    private static boolean ends(Method what, Object of, Object... arguments) throws Exception {
        try {
            Object made = what.invoke(of, arguments);
            if (made instanceof CompletableFuture<?> later) later.get(60, TimeUnit.SECONDS);
            if (made instanceof AutoCloseable handle) handle.close();
            return true;
        } catch (InvocationTargetException | ExecutionException why) {
            Throwable cause = why.getCause();
            if (cause instanceof CompletionException inner && inner.getCause() != null) cause = inner.getCause();
            assertTrue(cause instanceof RuntimeException, what + ": " + cause);
            return false;
        }
    }

    private static List<Method> methods(Class<?> of, boolean ofObject) {
        List<Method> all = new ArrayList<>();
        for (Method each : of.getDeclaredMethods()) {
            boolean isStatic = Modifier.isStatic(each.getModifiers());
            if (Modifier.isPublic(each.getModifiers()) && !each.isSynthetic() && isStatic != ofObject
                    && !each.getName().equals("close"))
                all.add(each);
        }
        return all;
    }

    private Object[] arguments(Method of) {
        Class<?>[] types = of.getParameterTypes();
        Object[] made = new Object[types.length];
        for (int i = 0; i < types.length; ++i) made[i] = good(types[i]);
        return made;
    }

    /** @return how many calls. */
    private int tryAll(List<Method> methods, Object of) throws Exception {
        int tried = 0;
        for (Method each : methods) {
            Class<?>[] types = each.getParameterTypes();
            ends(each, of, arguments(each));
            ++tried;
            for (int at = 0; at < types.length; ++at)
                for (Object value : bad(types[at])) {
                    Object[] arguments = arguments(each);
                    arguments[at] = value;
                    ends(each, of, arguments);
                    ++tried;
                }
        }
        return tried;
    }

    @Test
    void endsWithAValueOrAnException(@TempDir Path folder) throws Exception {
        int tried = 0;
        try (Key key = key(); KeyBlocks blocks = blocks(); Hsm hsm = hsm(); Iso8583 dialect = Iso8583.dialect("cup-pos");
                Till till = till(folder)) {
            for (Object of : List.of(key, blocks, hsm, dialect, till)) {
                tried += tryAll(methods(of.getClass(), true), of);
                tried += tryAll(methods(of.getClass(), false), null);
            }
            for (Class<?> type : OF_NOBODY) tried += tryAll(methods(type, false), null);
            assertEquals(List.of(), till.journal(10, SOON), "nothing was begun");
            assertNotNull(key.checkValue(3), "and what was called so is whole");
        }
        for (AutoCloseable each : given) each.close();
        assertTrue(tried > 250, "" + tried);
    }

    @Test
    void isRefusedOfWhatIsClosed(@TempDir Path folder) throws Exception {
        List<AutoCloseable> all =
                List.of(key(), blocks(), hsm(), Iso8583.dialect("cup-pos"), till(folder));
        for (AutoCloseable of : all) {
            of.close();
            of.close(); // twice is once
            for (Method each : methods(of.getClass(), true))
                assertTrue(!ends(each, of, arguments(each)), each.toString());
        }
        for (AutoCloseable each : given) each.close();
    }
}

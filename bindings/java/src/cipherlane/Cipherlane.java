package cipherlane;

import java.util.Arrays;

/** What belongs to no part alone. */
public final class Cipherlane {
    private Cipherlane() {}

    /**
     * Says the version: {@code java -jar cipherlane.jar} shows whether the native half is found.
     *
     * @param arguments none is looked at
     */
    public static void main(String[] arguments) { System.out.println("cipherlane " + version()); }

    /** The version of the library: "0.1.0". */
    public static String version() { return Native.text(Native.version()); }

    /** Bytes that nobody can guess, from OpenSSL's generator. */
    public static byte[] random(int size) {
        if (size < 0) throw new IllegalArgumentException("size " + size);
        return Native.random(size);
    }

    /** Overwrites secrets of the caller's; the library wipes its own copies. */
    public static void wipe(byte[]... secrets) {
        for (byte[] one : secrets)
            if (one != null) Arrays.fill(one, (byte) 0);
    }

    /** Overwrites a card number or PIN of the caller's. */
    public static void wipe(char[]... secrets) {
        for (char[] one : secrets)
            if (one != null) Arrays.fill(one, '\0');
    }

    /** Digits as bytes, which the caller wipes. */
    static byte[] digits(char[] from) {
        byte[] made = new byte[from.length];
        for (int i = 0; i < from.length; ++i) {
            if (from[i] < '0' || from[i] > '9') {
                wipe(made);
                throw new IllegalArgumentException("character " + i + " is no digit");
            }
            made[i] = (byte) from[i];
        }
        return made;
    }
}

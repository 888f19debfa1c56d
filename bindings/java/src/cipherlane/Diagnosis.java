package cipherlane;

/**
 * What a unit says of itself.
 *
 * @param lmkCheck check value of its local master key
 * @param firmware its version; untrusted words
 * @param serial its number; empty where it tells none
 */
public record Diagnosis(byte[] lmkCheck, String firmware, String serial) {}

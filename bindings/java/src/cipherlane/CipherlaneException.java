package cipherlane;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** Why something failed, with a few fixed fields and no payload: no secret is in it. */
public final class CipherlaneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Condition condition;
    private final int code;
    private final long offset;
    private final long line;
    private final long trace;
    private final String layer;
    private final String operation;
    private final String endpoint;
    private final String field;
    private final String peerCode;
    private final String peerText;
    private final String hint;

    private CipherlaneException(int condition, int code, long offset, long line, long trace, String[] texts) {
        super(texts[7]);
        this.condition = Condition.of(condition);
        this.code = code;
        this.offset = offset;
        this.line = line;
        this.trace = trace;
        layer = texts[0];
        operation = texts[1];
        endpoint = texts[2];
        field = texts[3];
        peerCode = texts[4];
        peerText = texts[5];
        hint = texts[6];
    }

    /** Called by the native library. */
    static CipherlaneException of(int condition, int code, long offset, long line, long trace, byte[][] texts) {
        String[] words = new String[texts.length];
        for (int i = 0; i < texts.length; ++i) words[i] = new String(texts[i], StandardCharsets.UTF_8);
        return new CipherlaneException(condition, code, offset, line, trace, words);
    }

    /** A failure that is told on another thread: its stack shows who waited, its cause who failed. */
    CipherlaneException here() {
        CipherlaneException made = new CipherlaneException(condition.ordinal() + 1, code, offset, line, trace,
                new String[] {layer, operation, endpoint, field, peerCode, peerText, hint, getMessage()});
        made.initCause(this);
        return made;
    }

    /** What a caller can do about it. */
    public Condition condition() { return condition; }
    /** The number within its layer. */
    public int code() { return code; }
    /** The part that reports it: "hsm", "crypto", "c". */
    public String layer() { return layer; }
    /** What was being done: "translate_pin". */
    public String operation() { return operation; }
    /** Where: "127.0.0.1:1500", a file's name; empty where it does not matter. */
    public String endpoint() { return endpoint; }
    /** Which field or argument: "55/9F26"; empty where it does not matter. */
    public String field() { return field; }
    /** The device's own code, with {@link Condition#REJECTED_BY_PEER}. */
    public String peerCode() { return peerCode; }
    /** Words of a peer: untrusted. */
    public String peerText() { return peerText; }
    /** What was found and what is allowed. */
    public String hint() { return hint; }
    /** Byte of the input, from 0. */
    public OptionalLong offset() { return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset); }
    /** Line of a text, from 1. */
    public OptionalLong line() { return line < 0 ? OptionalLong.empty() : OptionalLong.of(line); }
    /** Trace number (STAN) of the transaction. */
    public OptionalLong trace() { return trace < 0 ? OptionalLong.empty() : OptionalLong.of(trace); }
}

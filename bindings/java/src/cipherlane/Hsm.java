package cipherlane;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Cipher machines (金融数据密码机): a pool over one unit or many of one local master key.
 *
 * <p>Any number of threads may use it at once; there is no lock. A blocking call on a virtual thread lets its carrier
 * go. Every call takes the time that all of it may take, and throws {@link CipherlaneException}; null arguments throw
 * {@link NullPointerException}, a closed pool {@link IllegalStateException}.
 */
public final class Hsm implements AutoCloseable {
    private final Handle handle;

    private Hsm(long token) { handle = new Handle(this, "the pool", token, Native::hsmClose); }

    /**
     * A pool with usual settings. Connects when the first call comes.
     *
     * @param units "HOST:PORT", or several with commas between them
     * @param profile a built-in one ("payshield", "sjj1312", see {@link #profiles()}), or the path of a TOML file
     * @return the pool
     */
    public static Hsm open(String units, String profile) {
        return new Hsm(Native.hsmOpen(Native.text(units), Native.text(profile)));
    }

    /**
     * A pool from settings as TOML: {@code units} and {@code profile}, and what stands in {@code cipherlane/c/hsm.h}.
     *
     * @param toml the settings themselves
     * @return the pool
     */
    public static Hsm openToml(String toml) { return new Hsm(Native.hsmOpen(Native.text(toml), null)); }

    /** Names of the built-in profiles. */
    public static List<String> profiles() { return names(0, null); }

    /** Names of all operations. */
    public static List<String> operations() { return names(1, null); }

    /** What an operation takes: "!" behind what must be there, "=" and its value behind what has one. */
    public static List<String> requestFields(String operation) {
        return names(2, Objects.requireNonNull(operation, "operation"));
    }

    /** What an operation gives. */
    public static List<String> replyFields(String operation) {
        return names(3, Objects.requireNonNull(operation, "operation"));
    }

    private static List<String> names(int what, String operation) {
        byte[] of = operation == null ? null : Native.text(operation);
        return Native.text(Native.hsmNames(what, of)).lines().toList();
    }

    /** Whether the pool's profile can do an operation. */
    public boolean supports(String operation) { 
        return handle.use(this, token -> Native.hsmSupports(token, Native.text(operation)));
    }

    /** Counters and states of all units in the text format of Prometheus. */
    public String stats() { return handle.text(this, Native::hsmStats); }

    /** A PIN block under another key. */
    public byte[] translatePin(TranslatePin what, Duration limit) {
        if (Waiting.onVirtualThread()) {
            try (HsmRequest request = requestOf(what)) {
                return Waiting.on(start(request, limit)).bytes("pin_block");
            }
        }
        byte[] card = Cipherlane.digits(what.card());
        try {
            return handle.use(this,
                    token -> Native.hsmTranslatePin(token, what.sourceType().ordinal(), Native.text(what.sourceKey()),
                            Native.text(what.targetKey()), what.sourceFormat().ordinal(),
                            what.targetFormat().ordinal(), what.pinBlock(), card, Native.millis(limit)));
        } finally {
            Cipherlane.wipe(card);
        }
    }

    /** The same, later. */
    public CompletableFuture<byte[]> translatePinAsync(TranslatePin what, Duration limit) {
        try (HsmRequest request = requestOf(what)) {
            return start(request, limit).thenApply(reply -> reply.bytes("pin_block"));
        }
    }

    private static HsmRequest requestOf(TranslatePin what) {
        return HsmRequest.of("translate_pin")
                .set("source_type", what.sourceType().word())
                .set("source_key", what.sourceKey())
                .set("target_key", what.targetKey())
                .set("source_format", what.sourceFormat().word())
                .set("target_format", what.targetFormat().word())
                .set("pin_block", what.pinBlock())
                .set("card", what.card());
    }

    /** A MAC. */
    public byte[] makeMac(MakeMac what, Duration limit) {
        if (Waiting.onVirtualThread()) return Waiting.on(makeMacAsync(what, limit));
        return handle.use(this,
                token -> Native.hsmMakeMac(token, what.keyType().ordinal(), Native.text(what.key()),
                        what.algorithm().ordinal(), what.padding().ordinal(), what.data(), Native.millis(limit)));
    }

    /** The same, later. */
    public CompletableFuture<byte[]> makeMacAsync(MakeMac what, Duration limit) {
        try (HsmRequest request = requestOf("make_mac", what)) {
            return start(request, limit).thenApply(reply -> reply.bytes("mac"));
        }
    }

    private static HsmRequest requestOf(String operation, MakeMac what) {
        return HsmRequest.of(operation)
                .set("key_type", what.keyType().word())
                .set("key", what.key())
                .set("mac_algorithm", what.algorithm().word())
                .set("padding", what.padding().word())
                .set("data", what.data());
    }

    /**
     * Is a MAC right?
     *
     * @param what what it was made over
     * @param mac the one that came
     * @param length how many bytes it must have, 4 or 8: not the sender chooses that
     * @param limit for all of it
     * @return whether it is
     */
    public boolean verifyMac(MakeMac what, byte[] mac, int length, Duration limit) {
        Objects.requireNonNull(mac, "mac");
        if (length < 1) throw new IllegalArgumentException("length " + length);
        if (Waiting.onVirtualThread()) {
            try (HsmRequest request = requestOf("verify_mac", what)) {
                return Waiting.on(start(request.set("mac", mac).set("mac_length", length), limit)).right();
            }
        }
        return handle.use(this,
                token -> Native.hsmVerifyMac(token, what.keyType().ordinal(), Native.text(what.key()),
                        what.algorithm().ordinal(), what.padding().ordinal(), what.data(), mac, length,
                        Native.millis(limit)));
    }

    /** Any operation. */
    public HsmReply run(HsmRequest request, Duration limit) {
        if (Waiting.onVirtualThread()) return Waiting.on(start(request, limit));
        return new HsmReply(handle.use(this,
                token -> Native.hsmRun(token, request.operation, request.names(), request.values(), request.kinds(),
                        Native.millis(limit))));
    }

    /**
     * Any operation, later. Whoever cancels the future asks for the end.
     *
     * @param request may be changed or closed when this returns
     * @param limit for all of it
     * @return what comes back
     */
    public CompletableFuture<HsmReply> start(HsmRequest request, Duration limit) {
        long token = handle.get();
        HsmCall call = new HsmCall(this);
        try {
            Native.hsmStart(token, request.operation, request.names(), request.values(), request.kinds(),
                    Native.millis(limit), call.stop(), call);
        } catch (RuntimeException | Error why) {
            call.letGo();
            throw why;
        }
        return call;
    }

    /**
     * A command as bytes: its code and fields, without length and header. Never repeated by itself.
     *
     * @param command as the unit takes it
     * @param limit for all of it
     * @return what the unit says; a refusal is no exception here
     */
    public RawAnswer execute(byte[] command, Duration limit) {
        Objects.requireNonNull(command, "command");
        HsmReply reply = new HsmReply(
                handle.use(this, token -> Native.hsmExecute(token, command, Native.millis(limit))));
        String status = reply.names().contains("status") ? reply.text("status") : "00";
        if (status.chars().allMatch(c -> c == '0')) return new RawAnswer.Accepted(reply.bytes("answer"));
        String meaning = reply.names().contains("meaning") ? reply.text("meaning") : "";
        return new RawAnswer.Refused(status, meaning, reply.bytes("answer"));
    }

    /** Ends what is under way; twice is as once. */
    @Override
    public void close() { handle.close(); }
}

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

    /** No new calls to that unit, by its place in the settings from 0; those under way end there. */
    public void drain(int unit) { admit(unit, false); }

    /** Takes it in again. */
    public void restore(int unit) { admit(unit, true); }

    private void admit(int unit, boolean in) {
        if (unit < 0) throw new IllegalArgumentException("unit " + unit);
        handle.use(this, token -> {
            Native.hsmAdmit(token, unit, in);
            return null;
        });
    }

    /** What a refusal means in the pool's dialect; empty where the profile has no words for it. */
    public String explain(CipherlaneException refusal) {
        return handle.text(this,
                token -> Native.hsmExplain(
                        token, Native.text(refusal.operation()), Native.text(refusal.peerCode())));
    }

    /** What a unit says of itself. */
    public Diagnosis diagnose(Duration limit) {
        HsmReply told = run(HsmRequest.of("diagnose"), limit);
        return new Diagnosis(told.bytes("lmk_check"), told.textOrEmpty("firmware"), told.textOrEmpty("serial"));
    }

    /** Bytes from a unit's source. */
    public byte[] random(int size, Duration limit) {
        return run(HsmRequest.of("random").set("size", size), limit).bytes("data");
    }

    /** A new key under the local master key. Never repeated by itself. */
    public HsmKey generateKey(KeyType type, KeyScheme scheme, Duration limit) {
        return HsmKey.of(run(HsmRequest.of("generate_key")
                .set("key_type", type.word())
                .set("scheme", scheme.word()), limit));
    }

    /**
     * A new key, under a zone or terminal master key as well.
     *
     * @param type what it is for
     * @param wrappingType {@link KeyType#ZMK} or {@link KeyType#TMK}
     * @param wrappingKey as the unit hands it out
     * @param scheme under the local master key
     * @param exportedAs under the other one; terminals take {@link KeyScheme#DOUBLE_ECB}
     * @param limit for all of it
     * @return both, and the check value
     */
    public HsmKey generateAndExportKey(KeyType type, KeyType wrappingType, String wrappingKey, KeyScheme scheme,
            KeyScheme exportedAs, Duration limit) {
        return HsmKey.of(run(HsmRequest.of("generate_and_export_key")
                .set("key_type", type.word())
                .set("wrapping", wrappingType.word())
                .set("wrapping_key", wrappingKey)
                .set("scheme", scheme.word())
                .set("export_scheme", exportedAs.word()), limit));
    }

    /**
     * A key from a zone master key to the local master key.
     *
     * @param type what it is for
     * @param wrappingKey the ZMK, as the unit hands it out
     * @param wrappedKey the key under it
     * @param scheme under the local master key
     * @param checkValue what came with the key; null where none came
     * @param limit for all of it
     * @return the key
     */
    public HsmKey importKey(KeyType type, String wrappingKey, String wrappedKey, KeyScheme scheme, byte[] checkValue,
            Duration limit) {
        HsmRequest request = HsmRequest.of("import_key")
                .set("key_type", type.word())
                .set("wrapping_key", wrappingKey)
                .set("wrapped_key", wrappedKey)
                .set("scheme", scheme.word());
        if (checkValue != null) request.set("check_value", checkValue);
        return HsmKey.of(run(request, limit));
    }

    /** A key from the local master key to a zone or terminal master key. */
    public HsmKey exportKey(KeyType type, KeyType wrappingType, String wrappingKey, String underLmk,
            KeyScheme exportedAs, Duration limit) {
        return HsmKey.of(run(HsmRequest.of("export_key")
                .set("key_type", type.word())
                .set("wrapping", wrappingType.word())
                .set("wrapping_key", wrappingKey)
                .set("key", underLmk)
                .set("export_scheme", exportedAs.word()), limit));
    }

    /** The check value (KCV, 校验值) of a key. */
    public byte[] checkValue(KeyType type, String underLmk, Duration limit) {
        return run(HsmRequest.of("check_value").set("key_type", type.word()).set("key", underLmk), limit)
                .bytes("check_value");
    }

    /** Whole blocks with a data key; {@code iv} may be null. */
    public byte[] encrypt(KeyType type, String dataKey, CipherMode mode, byte[] iv, byte[] data, Duration limit) {
        return cipher("encrypt", type, dataKey, mode, iv, data, limit);
    }

    /** The other way. What comes is the caller's to wipe. */
    public byte[] decrypt(KeyType type, String dataKey, CipherMode mode, byte[] iv, byte[] data, Duration limit) {
        return cipher("decrypt", type, dataKey, mode, iv, data, limit);
    }

    private byte[] cipher(String operation, KeyType type, String dataKey, CipherMode mode, byte[] iv, byte[] data,
            Duration limit) {
        try (HsmRequest request = HsmRequest.of(operation)
                .set("key_type", type.word())
                .set("key", dataKey)
                .set("cipher_mode", mode.word())
                .set("data", data)) {
            if (iv != null) request.set("iv", iv);
            return run(request, limit).bytes("data");
        }
    }

    /**
     * Field 64 of a UnionPay POS message, by whatever command of the dialect makes it.
     *
     * @param tak the terminal's MAC key, as the unit hands it out
     * @param message the bytes from the message type to the field before 64
     * @param limit for all of it
     * @return 8 bytes
     */
    public byte[] makePosMac(String tak, byte[] message, Duration limit) {
        Objects.requireNonNull(message, "message");
        byte[] key = Native.text(tak);
        long within = Native.millis(limit);
        return Waiting.away(
                () -> handle.use(this, token -> Native.hsmMakePosMac(token, key, message, within)));
    }

    /** Is field 64 right? What has not 8 bytes is not. */
    public boolean verifyPosMac(String tak, byte[] message, byte[] mac, Duration limit) {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(mac, "mac");
        byte[] key = Native.text(tak);
        long within = Native.millis(limit);
        byte[] whole = mac.clone(); // of one length while it is looked at
        return Waiting.away(() -> handle.use(this,
                token -> whole.length == 8 && Native.hsmVerifyPosMac(token, key, message, whole, within)));
    }

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
                            Native.text(what.targetKey()), what.sourceFormat().number(),
                            what.targetFormat().number(), what.pinBlock(), card, Native.millis(limit)));
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
        if (Waiting.onVirtualThread()) return Waiting.on(verifyMacAsync(what, mac, length, limit));
        return handle.use(this,
                token -> Native.hsmVerifyMac(token, what.keyType().ordinal(), Native.text(what.key()),
                        what.algorithm().ordinal(), what.padding().ordinal(), what.data(), mac, length,
                        Native.millis(limit)));
    }

    /** The same, later. */
    public CompletableFuture<Boolean> verifyMacAsync(MakeMac what, byte[] mac, int length, Duration limit) {
        if (length < 1) throw new IllegalArgumentException("length " + length);
        try (HsmRequest request = requestOf("verify_mac", what)) {
            return start(request.set("mac", mac).set("mac_length", length), limit).thenApply(HsmReply::right);
        }
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
        long within = Native.millis(limit);
        HsmReply reply = new HsmReply(
                Waiting.away(() -> handle.use(this, token -> Native.hsmExecute(token, command, within))));
        String status = reply.names().contains("status") ? reply.text("status") : "00";
        if (status.chars().allMatch(c -> c == '0')) return new RawAnswer.Accepted(reply.bytes("answer"));
        String meaning = reply.names().contains("meaning") ? reply.text("meaning") : "";
        return new RawAnswer.Refused(status, meaning, reply.bytes("answer"));
    }

    /** Ends what is under way; twice is as once. */
    @Override
    public void close() { handle.close(); }
}

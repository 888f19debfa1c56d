package cipherlane;

/** What a unit says to a command that was sent as it is. */
public sealed interface RawAnswer permits RawAnswer.Accepted, RawAnswer.Refused {
    /**
     * The unit has done it.
     *
     * @param bytes answer code, status and fields as they came
     */
    record Accepted(byte[] bytes) implements RawAnswer {
        /** Without the bytes. */
        @Override
        public String toString() { return "Accepted[" + bytes.length + " bytes]"; }
    }

    /**
     * The unit has said no.
     *
     * @param status its code
     * @param meaning what that means in its dialect; empty where the profile has no words for it
     * @param bytes as they came
     */
    record Refused(String status, String meaning, byte[] bytes) implements RawAnswer {
        /** Without the bytes. */
        @Override
        public String toString() { return "Refused[" + status + " " + meaning + "]"; }
    }
}

package cipherlane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A display and a PIN pad over simulated serial lines. */
class DeviceTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** A simulated device as a program of its own. */
    private record Simulated(Process process, String where) implements AutoCloseable {
        static Simulated start(String program, String driver) throws IOException {
            Path programs = Path.of(System.getProperty("cipherlane.programs", "."));
            Process process = new ProcessBuilder(programs.resolve(program).toString(), "--driver", driver)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            for (String line = said.readLine(); line != null; line = said.readLine())
                if (line.startsWith("device on ")) return new Simulated(process, line.substring("device on ".length()));
            process.destroyForcibly();
            throw new IOException(program + " has no device");
        }

        @Override
        public void close() { process.destroyForcibly(); }
    }

    @Test
    @SuppressWarnings("try") // it is closed before its end
    void showsACodeAndItsEnd() throws IOException {
        try (Simulated simulated = Simulated.start("cipherlane-display-sim", "rcall");
                Display display = Display.open("rcall", simulated.where(), SOON)) {
            assertFalse(display.heartbeat(SOON).isEmpty());
            display.showCode("https://qr.95516.com/00010000/1", 1234, 156, null, SOON);
            display.showOutcome(Display.Shown.APPROVED, 1234, 156, SOON);
            display.clear(SOON);
            CipherlaneException no = assertThrows(CipherlaneException.class, () -> display.brightness(101, SOON));
            assertEquals(Condition.MISUSE, no.condition());
            display.close();
            assertThrows(IllegalStateException.class, () -> display.clear(SOON));
        }
    }

    @Test
    void showsTextOnAPinPad() throws IOException {
        try (Simulated simulated = Simulated.start("cipherlane-pinpad-sim", "abecs");
                Pinpad pad = Pinpad.open("abecs", simulated.where(), SOON)) {
            pad.showText("HELLO", null, SOON);
            assertTrue(pad.attached());
        }
    }
}

package cipherlane;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A simulated cipher machine as a program of its own. */
final class Simulator implements AutoCloseable {
    private final Process process;
    final String where;

    Simulator(String... options) throws IOException {
        Path programs = Path.of(System.getProperty("cipherlane.programs", "."));
        List<String> words = new ArrayList<>(List.of(programs.resolve("cipherlane-hsm-sim").toString(), "--port", "0"));
        words.addAll(List.of(options));
        process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String found = null;
        for (String line = said.readLine(); line != null && found == null; line = said.readLine()) {
            if (line.startsWith("listening on ")) {
                found = line.substring("listening on ".length());
                break;
            }
        }
        if (found == null) throw new IOException("the simulator does not listen");
        where = found;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() { process.destroyForcibly(); }
}

package javigate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javigate.checkpoint.Checkpoint;
import javigate.search.TinyModel;
import javigate.search.VideoLibrary;
import javigate.tensor.EngineFacts;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code doctor} in processes of their own, in a home of their own. */
class DoctorCommandTest {

    @TempDir private Path folder;
    private Path home = Path.of("");
    private Path models = Path.of("");

    private record Run(int exit, List<Map<String, String>> findings, String stderr) {

        List<Map<String, String>> of(String check) {
            return findings.stream().filter(f -> check.equals(f.get("check"))).toList();
        }

        Map<String, String> one(String check) {
            assertEquals(1, of(check).size(), check + " in " + findings);
            return of(check).getFirst();
        }

        /** A check's state, then what was found and the remedy. */
        void assertFinding(String check, String state, String found, String remedy) {
            assertEquals(state, one(check).get("state"), one(check).toString());
            assertTrue(has(check, "found", found), one(check).toString());
            assertTrue(has(check, "remedy", remedy), one(check).toString());
        }

        private boolean has(String check, String field, String text) {
            return String.valueOf(one(check).get(field)).contains(text);
        }
    }

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createDirectory(folder.resolve("home"));
        models = home.resolve(".local/share/javigate-models");
    }

    private Process start(List<String> javaOptions, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-Duser.home=" + home);
        command.add("-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")));
        // The libraries are unpacked already; a copy in every home would be slow.
        command.add("-Dorg.bytedeco.javacpp.cachedir=" + Loader.getCacheDir());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("javigate.cli.Javigate", "doctor"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        for (String name :
                List.of(
                        "JAVIGATE_LIBRARY",
                        "JAVIGATE_MODELS",
                        "XDG_CACHE_HOME",
                        "HF_HOME",
                        "HF_HUB_CACHE",
                        "OMP_WAIT_POLICY")) {
            builder.environment().remove(name);
        }
        return builder.redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    private Run doctor(List<String> javaOptions, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        int exit = start(javaOptions, all.toArray(String[]::new)).waitFor();
        JsonNode json = new ObjectMapper().readTree(folder.resolve("out").toFile());
        List<Map<String, String>> findings = new ArrayList<>();
        for (JsonNode finding : json) {
            Map<String, String> fields = new HashMap<>();
            finding.properties().forEach(f -> fields.put(f.getKey(), f.getValue().asText()));
            findings.add(fields);
            assertEquals(java.util.Set.of("check", "state", "found", "remedy"), fields.keySet());
            assertEquals("ok".equals(fields.get("state")), "".equals(fields.get("remedy")));
        }
        return new Run(exit, findings, Files.readString(folder.resolve("err")));
    }

    @Test
    void aMachineThatRunsTheseTestsIsWellAndLeftAsItWas() throws Exception {
        Run run = doctor(List.of());
        assertEquals(0, run.exit(), run.toString());
        for (String check : List.of("JDK", "FFmpeg", "decoding", "shipped model")) {
            assertEquals("ok", run.one(check).get("state"), run.toString());
        }
        run.assertFinding("libtorch", "ok", "2.", "");
        // Set by the engine in this very process, not by the environment.
        run.assertFinding("waiting threads", "ok", "OMP_WAIT_POLICY PASSIVE", "");
        run.assertFinding("GPU", "note", "the processor is used", "--device cuda");
        run.assertFinding("library", "note", "no library here yet", "javigate add");
        run.assertFinding("library folder", "ok", "can be made", "");
        assertFalse(Files.exists(home.resolve(".local")), "looking makes no folder");
        try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void eachCheckIsALine() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(1, start(List.of(), "--library", file.toString()).waitFor());
        List<String> lines = Files.readAllLines(folder.resolve("out"));
        assertTrue(lines.stream().allMatch(l -> l.matches("(ok  |note|FAIL)  \\S.*")), "" + lines);
        assertEquals(
                List.of(
                        "FAIL  library folder  %s: %s is no folder; choose another folder by --library or JAVIGATE_LIBRARY"
                                .formatted(file, file)),
                lines.stream().filter(l -> l.startsWith("FAIL")).toList());
    }

    @Test
    void aLibraryIsCountedADamagedOneAndDamagedModelsAreNamed() throws Exception {
        Path library = folder.resolve("library");
        Checkpoint whole = TinyModel.save(models.resolve("tiny"), 1);
        try (VideoLibrary open = VideoLibrary.open(library, whole)) {
            open.add(List.of(TinyModel.clip(folder.resolve("clip.mp4"), 1, 440)), _ -> {});
        }
        cut(TinyModel.save(models.resolve("cut"), 1).weightFile());
        Files.writeString(
                TinyModel.save(models.resolve("json"), 1).folder().resolve("config.json"), "{");
        Files.delete(TinyModel.save(models.resolve("none"), 1).folder().resolve("config.json"));
        Files.delete(TinyModel.save(models.resolve("vocab"), 1).folder().resolve("merges.txt"));

        Run run = doctor(List.of(), "--library", library.toString());
        assertEquals(0, run.exit(), run.toString());
        run.assertFinding("library", "ok", "1 videos, 1 clips, of model tiny", "");
        List<Map<String, String>> found = run.of("installed model");
        assertEquals(
                List.of("note", "note", "note", "ok", "note"),
                found.stream().map(f -> f.get("state")).toList(),
                found.toString());
        List<String> named = List.of("cut", "json", "none", "tiny", "vocab");
        for (int i = 0; i < named.size(); i++) {
            String text = found.get(i).get("found") + found.get(i).get("remedy");
            assertTrue(text.contains(named.get(i)), text);
        }
        assertTrue(String.valueOf(found.get(1).get("found")).contains("config.json"), "" + found);

        try (Stream<Path> files = Files.list(library.resolve("clips"))) {
            for (Path file : files.filter(f -> f.toString().contains("segments_")).toList()) {
                Files.delete(file);
            }
        }
        run = doctor(List.of(), "--library", library.toString());
        assertEquals(0, run.exit(), run.toString());
        run.assertFinding("library", "note", "the library is damaged", "add the videos again");
    }

    private static void cut(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 4);
        }
    }

    @Test
    void librariesThatDoNotLoadAreFailuresWithAReason() throws Exception {
        Run run = doctor(List.of("-Dorg.bytedeco.javacpp.platform=linux-riscv64"));
        assertEquals(1, run.exit(), run.toString());
        run.assertFinding("system", "FAIL", "no native libraries are declared", "linux-x86_64");
        run.assertFinding("libtorch", "FAIL", "does not load", ".javacpp/cache");
        run.assertFinding("FFmpeg", "FAIL", "does not load", ".javacpp/cache");
        assertEquals("ok", run.one("cache folder").get("state"), "the rest is looked at");
        assertFalse(run.stderr().contains("\tat "), run.stderr());
    }

    @Test
    void aFolderThatCannotBeWrittenToFailsWhoeverAsks() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs /proc");
        List<Finding> found = new ArrayList<>();
        DoctorFolders.check("folder", Path.of("/proc/a/b"), "--library", found::add);
        assertEquals(Finding.State.FAIL, found.getFirst().state(), found.toString());
        assertTrue(found.getFirst().found().contains("/proc cannot be written"), "" + found);
        Path nowhere = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
        DoctorFolders.check("folder", nowhere, "--library", found::add);
        assertEquals(Finding.State.FAIL, found.getLast().state(), found.toString());
    }

    @Test
    void littleRoomIsNoted() {
        long limit = DoctorFolders.LITTLE_BYTES;
        assertEquals(Finding.State.OK, DoctorFolders.space("folder", folder, true, limit).state());
        Finding little = DoctorFolders.space("folder", folder, true, limit - 100_000_000);
        assertEquals(Finding.State.NOTE, little.state());
        assertTrue(little.found().contains("1.9 GB free"), little.found());
    }

    @Test
    void whatTheEngineSaysIsJudged() {
        EngineFacts well = facts(50, false, 0, "passive");
        assertEquals(Finding.State.OK, DoctorMachine.libtorch(well).state());
        assertEquals(Finding.State.OK, DoctorMachine.waiting(well).state());
        Finding wrong = DoctorMachine.libtorch(facts(51, false, 0, "PASSIVE"));
        assertEquals(Finding.State.FAIL, wrong.state());
        assertTrue(wrong.found().contains("[19.0, 22.0, 43.0, 51.0]"), wrong.found());
        assertEquals(
                Finding.State.NOTE, DoctorMachine.waiting(facts(50, false, 0, "ACTIVE")).state());
        assertEquals(Finding.State.NOTE, DoctorMachine.waiting(facts(50, false, 0, null)).state());
        assertTrue(DoctorMachine.gpu(facts(50, true, 0, null)).found().contains("no device"));
        assertTrue(DoctorMachine.gpu(facts(50, true, 2, null)).found().contains("devices: 2"));
        assertEquals(Finding.State.NOTE, DoctorMachine.system("macosx-arm64").state());
        assertThrows(IllegalArgumentException.class, () -> facts(50, true, -1, null));
    }

    private static EngineFacts facts(
            float last, boolean cuda, int devices, @Nullable String waitPolicy) {
        float[] product = {19, 22, 43, last};
        return new EngineFacts("2.10.0", 2, "AVX2", product, cuda, devices, waitPolicy, null);
    }
}

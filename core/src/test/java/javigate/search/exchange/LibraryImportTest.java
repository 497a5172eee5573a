package javigate.search.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import javigate.index.ClipStore;
import javigate.index.ClipVectors;
import javigate.index.LibraryModel;
import javigate.index.LuceneClipStore;
import javigate.index.Samples;
import javigate.index.StoredClip;
import javigate.index.VectorFormat;
import javigate.index.VideoFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports that were changed, cut, or made to do harm. */
class LibraryImportTest {
    @TempDir Path folder;

    private final RandomGenerator random = new SplittableRandom(6);
    private Path exported = Path.of("");
    private Path copy = Path.of("");
    private ExportManifest manifest =
            new ExportManifest(
                    1, "", Samples.MODEL, null, VectorFormat.F16, NpyType.F16, 0, 0, List.of());

    @BeforeEach
    void exportThreeVideos() throws IOException {
        exported = folder.resolve("export");
        copy = folder.resolve("copy");
        try (LuceneClipStore store =
                LuceneClipStore.openToWrite(folder.resolve("library"), Samples.MODEL)) {
            for (int i = 0; i < 3; i++) {
                store.putVideo(Samples.video(random, "v" + i + ".mp4", 2, Samples.WIDTH));
            }
            manifest = LibraryExport.write(store, exported, null, 100, _ -> {});
        }
    }

    private String refusal() {
        IOException e =
                assertThrows(IOException.class, () -> LibraryExportTest.read(exported, copy));
        String message = String.valueOf(e.getMessage());
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    /** Writes a file of the export, and its size and hash where the others are. */
    private void forge(String name, byte[] content) throws IOException {
        Files.write(exported.resolve(name), content);
        List<ExportManifest.HashedFile> files = new ArrayList<>();
        for (ExportManifest.HashedFile file : manifest.parts().getFirst().files()) {
            files.add(ExportManifest.hashed(exported, file.name()));
        }
        ExportManifest.Part part = manifest.parts().getFirst();
        new ExportManifest(
                        manifest.version(),
                        manifest.created(),
                        manifest.model(),
                        manifest.reranker(),
                        manifest.libraryVectors(),
                        manifest.vectors(),
                        manifest.videos(),
                        manifest.clips(),
                        List.of(new ExportManifest.Part(part.clips(), part.frames(), files)))
                .write(exported);
    }

    private String forged(String name, String from, String to) throws IOException {
        byte[] before = Files.readAllBytes(exported.resolve(name));
        String text = new String(before, StandardCharsets.ISO_8859_1);
        assertTrue(text.contains(from), text.substring(0, Math.min(300, text.length())));
        forge(name, text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
        String refusal = refusal();
        forge(name, before);
        return refusal;
    }

    @Test
    void aFileThatChangedIsFoundBeforeAnythingIsImported() throws IOException {
        for (ExportManifest.HashedFile file : manifest.parts().getFirst().files()) {
            Path path = exported.resolve(file.name());
            byte[] before = Files.readAllBytes(path);
            byte[] flipped = before.clone();
            flipped[random.nextInt(flipped.length)] ^= 1;
            Files.write(path, flipped);
            String changed =
                    path
                            + ": changed since it was exported; library.json has another hash; export"
                            + " again";
            assertEquals(changed, refusal());
            Files.write(path, Arrays.copyOf(before, before.length - 1));
            assertEquals(changed, refusal());
            Files.delete(path);
            assertEquals(path + ": missing; the export is not complete", refusal());
            Files.write(path, before);
        }
        assertFalse(Files.exists(copy));
        Files.delete(exported.resolve("library.json"));
        assertEquals(exported + ": no exported library, it has no library.json", refusal());
    }

    @Test
    void librariesThatKeepOtherThingsAreRefused() throws IOException {
        LibraryModel other = new LibraryModel("tiny", "beef", Samples.WIDTH, 100, 0.5);
        LuceneClipStore.openToWrite(copy, other).close();
        assertTrue(refusal().startsWith(copy + ": the library holds vectors of model \"tiny\" ("));
        copy = folder.resolve("f32");
        LuceneClipStore.openToWrite(copy, Samples.MODEL, VectorFormat.F32, null).close();
        assertEquals(
                "%s: the library keeps its vectors in F32, %s has them in F16; export with --format F32, or import into a new library"
                        .formatted(copy, exported),
                refusal());
        copy = folder.resolve("reranked");
        LuceneClipStore.openToWrite(
                        copy, Samples.MODEL, VectorFormat.F16, LibraryExportTest.RERANKER)
                .close();
        assertEquals(
                "%s: the library keeps what re-ranker \"second\" looks at, and %s has nothing of that; import into a new library"
                        .formatted(copy, exported),
                refusal());
        copy = folder.resolve("int8");
        LuceneClipStore.openToWrite(copy, Samples.MODEL, VectorFormat.INT8, null).close();
        assertEquals(3, LibraryExportTest.read(exported, copy).added());
    }

    @Test
    void whatTheFilesSayIsComparedWithWhatTheyHave() throws IOException {
        String frames = "frames/frames_0000.npy";
        String lines = "clips/clips_0000.jsonl";
        assertTrue(forged(frames, "<f2", "|O2").contains(": its header is not that of a matrix"));
        assertTrue(forged(frames, "<f2", "<f4").contains(": its header is not that of a matrix"));
        assertTrue(forged(frames, ", 24)", ", 12)").contains(" bytes of values, not those of "));
        assertTrue(
                forged(frames, ", 24), }              ", ", 999999999), }       ")
                        .contains("rows of 999999999"));
        assertTrue(
                forged(lines, "\"frame_count\":", "\"frame_count\":99999").contains(" rows are"));
        assertTrue(
                forged(lines, "\"frame_count\":", "\"frame_count\":-").contains(" rows are asked"));
        assertTrue(forged(lines, "\"frame_row\":0", "\"frame_row\":1").contains("begin at row 1"));
        assertTrue(
                forged(lines, "\"sound_token_row\":0", "\"sound_token_row\":77")
                        .contains("its sound token is at row 77, not at 0"));
        assertTrue(
                forged(lines, "\"description_source\":\"c0de\"", "\"description_source\":null")
                        .endsWith(" line 1: no source of what is said of a clip"));
        assertTrue(
                forged(lines, "\"kind\":\"CAPTION\"", "\"kind\":null")
                        .contains("a text without its kind or words"));
        assertTrue(forged(lines, "v2.mp4", "v1.mp4").contains("its id is "));
        assertTrue(forged(lines, "\"path\":\"/", "\"path\":\"").contains("must be absolute"));
        assertTrue(forged(lines, "\"notes\":", "\"notes\":null,\"x\":").contains(" line 1: "));
        assertTrue(forged(lines, "{\"id\"", "[{\"id\"").contains(" line 1: "));
        byte[] whole = Files.readAllBytes(exported.resolve(lines));
        String first = new String(whole, StandardCharsets.UTF_8).lines().findFirst().orElseThrow();
        forge(lines, (first + '\n').getBytes(StandardCharsets.UTF_8));
        assertTrue(refusal().endsWith(": ends before the vectors beside it are used up"));
        forge(lines, "x".getBytes(StandardCharsets.UTF_8));
        assertTrue(refusal().contains(" line 1: "));
    }

    @Test
    void theManifestNamesNoFileElsewhere() throws IOException {
        Path file = exported.resolve("library.json");
        byte[] before = Files.readAllBytes(file);
        ObjectNode json = (ObjectNode) ExchangeJson.MAPPER.readTree(before);
        ObjectNode outside = json.deepCopy();
        ((ObjectNode) outside.at("/parts/0/files/0")).put("name", "../../etc/passwd");
        ObjectNode newer = json.deepCopy().put("version", 2);
        ObjectNode more = json.deepCopy().put("clips", 7);
        ObjectNode broken = json.deepCopy().put("vectors", "F8");
        for (ObjectNode wrong : List.of(outside, newer, more, broken)) {
            Files.write(file, ExchangeJson.MAPPER.writeValueAsBytes(wrong));
            assertTrue(refusal().startsWith(file + ": "), refusal());
        }
        Files.write(file, before);
        assertEquals(3, LibraryExportTest.read(exported, copy).added());
    }

    @Test
    void theManifestSaysWhoseVectorsTheseAre() throws IOException {
        Path file = exported.resolve("library.json");
        byte[] before = Files.readAllBytes(file);
        for (String name : List.of("model", "library_vectors", "vectors", "parts", "created")) {
            ObjectNode json = (ObjectNode) ExchangeJson.MAPPER.readTree(before);
            json.putNull(name);
            Files.write(file, ExchangeJson.MAPPER.writeValueAsBytes(json));
            assertEquals(
                    file + ": not that of an export: " + name + " is null; export again",
                    refusal());
        }
        assertFalse(Files.exists(copy));
    }

    @Test
    void anyDamageWithTheRightHashesIsOneLineOrClips() throws IOException {
        int refused = 0;
        for (String name :
                List.of(
                        "clips/clips_0000.jsonl",
                        "frames/frames_0000.npy",
                        "muted_frames/muted_frames_0000.npy",
                        "sound_tokens/sound_tokens_0000.npy")) {
            byte[] before = Files.readAllBytes(exported.resolve(name));
            for (int i = 0; i < 12; i++) {
                byte[] damaged = before.clone();
                int at = random.nextInt(i % 2 == 0 ? 128 : damaged.length);
                damaged[at] = (byte) random.nextInt(256);
                forge(name, i % 5 == 0 ? Arrays.copyOf(damaged, at) : damaged);
                try {
                    LibraryExportTest.read(exported, copy);
                } catch (IOException e) {
                    assertEquals(1, String.valueOf(e.getMessage()).lines().count());
                    refused++;
                }
            }
            forge(name, before);
        }
        assertTrue(refused > 20, refused + " refused");
        LibraryExportTest.read(exported, copy);
        try (ClipStore store = LuceneClipStore.openToRead(copy, null)) {
            for (StoredClip clip : store.clips(Samples.path("v1.mp4"))) {
                assertEquals(Samples.WIDTH, clip.vectors().width());
            }
        }
    }

    @Test
    void halvesAreExportedAsTheyAreStored() throws IOException {
        Path few = folder.resolve("few");
        try (LuceneClipStore store =
                LuceneClipStore.openToWrite(folder.resolve("library of few"), Samples.MODEL)) {
            VideoFile file = Samples.file(random, "few.mp4");
            List<StoredClip> clips = new ArrayList<>();
            for (int n = 0; n < 500; n++) { // of few large values: rounding changes the length
                float[] frame = Samples.vector(random, Samples.WIDTH);
                for (int i = 4; i < frame.length; i++) {
                    frame[i] *= 1e-3f;
                }
                float[][] frames = {frame};
                clips.add(
                        Samples.clip(
                                file,
                                30_000L * n,
                                new ClipVectors(frames, frames, new float[0], new float[0][])));
            }
            store.putVideo(clips);
            LibraryExport.write(store, few, null, 1000, _ -> {});
        }
        assertEquals(1, LibraryExportTest.read(few, copy).added());
        assertEquals(1, LibraryExportTest.read(few, copy).unchanged());
    }
}

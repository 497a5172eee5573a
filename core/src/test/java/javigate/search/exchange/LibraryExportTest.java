package javigate.search.exchange;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javigate.index.ClipStore;
import javigate.index.LateInteractionScore;
import javigate.index.LibraryModel;
import javigate.index.LuceneClipStore;
import javigate.index.RerankTokens;
import javigate.index.Samples;
import javigate.index.StoredClip;
import javigate.index.StoredVideo;
import javigate.index.VectorFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LibraryExportTest {
    static final LibraryModel RERANKER = new LibraryModel("second", "beef", 8, 50, 0.5);

    private static final LibraryImport.Listener NOBODY =
            new LibraryImport.Listener() {
                @Override
                public void hashed(long bytes) {}

                @Override
                public void imported(long clips) {}
            };

    @TempDir Path folder;

    private final RandomGenerator random = new SplittableRandom(5);

    static LibraryImport.Report read(Path exported, Path library) throws IOException {
        return LibraryImport.run(exported, ExportManifest.read(exported), library, NOBODY);
    }

    private Path library(VectorFormat format, @Nullable LibraryModel reranker) throws IOException {
        Path library = folder.resolve("it's a library [1]");
        try (ClipStore store =
                LuceneClipStore.openToWrite(library, Samples.MODEL, format, reranker)) {
            for (int i = 0; i < 9; i++) {
                List<StoredClip> clips = new ArrayList<>();
                for (StoredClip clip :
                        Samples.video(random, "ü '" + i + ".mp4", 1 + i % 4, Samples.WIDTH)) {
                    clips.add(reranker == null ? clip : withTokens(clip));
                }
                store.putVideo(clips);
            }
            store.removeVideo(Samples.path("ü '3.mp4"));
        }
        return library;
    }

    private StoredClip withTokens(StoredClip clip) {
        RerankTokens tokens =
                RerankTokens.of(random(1 + random.nextInt(3), 8), random(random.nextInt(3), 8));
        return new StoredClip(
                clip.file(),
                clip.startMs(),
                clip.endMs(),
                clip.frameTimesMs(),
                clip.vectors(),
                "silent",
                clip.notes(),
                clip.description(),
                tokens);
    }

    private float[][] random(int rows, int width) {
        float[][] values = new float[rows][width];
        for (float[] row : values) {
            for (int i = 0; i < width; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void whatIsExportedAndImportedIsTheSameToTheLastBit(VectorFormat format) throws IOException {
        Path library = library(format, RERANKER);
        Path exported = folder.resolve("out/it's an export [1]");
        Path copy = folder.resolve("copy");
        try (LuceneClipStore store = LuceneClipStore.openToRead(library, null)) {
            ExportManifest manifest = LibraryExport.write(store, exported, null, 6, _ -> {});
            assertEquals(8, manifest.videos());
            assertEquals(store.count(), manifest.clips());
            assertTrue(manifest.parts().size() > 2, manifest.toString());
            assertEquals(new LibraryImport.Report(8, 0, 0, store.count()), read(exported, copy));
            assertEquals(new LibraryImport.Report(0, 0, 8, store.count()), read(exported, copy));
            try (ClipStore other = LuceneClipStore.openToRead(copy, Samples.MODEL, RERANKER)) {
                assertEquals(format, other.header().vectors());
                assertSame(store, other);
            }
        }
        try (LuceneClipStore store = LuceneClipStore.openToWrite(copy, null)) {
            StoredVideo one = store.videos().get(2);
            store.putVideo(
                    store.clips(one.file().path()).stream()
                            .map(clip -> clip.withNotes(List.of("newer")))
                            .toList());
        }
        assertEquals(1, read(exported, copy).replaced());
    }

    private static void assertSame(ClipStore store, ClipStore other) throws IOException {
        assertEquals(store.videos(), other.videos());
        for (StoredVideo video : store.videos()) {
            List<StoredClip> expected = store.clips(video.file().path());
            List<StoredClip> actual = other.clips(video.file().path());
            for (int i = 0; i < expected.size(); i++) {
                StoredClip a = expected.get(i);
                StoredClip b = actual.get(i);
                assertEquals(a.id(), b.id());
                assertEquals(a.endMs(), b.endMs());
                assertEquals(a.soundState(), b.soundState());
                assertEquals(a.notes(), b.notes());
                assertEquals(a.description(), b.description());
                assertArrayEquals(a.frameTimesMs(), b.frameTimesMs());
                assertArrayEquals(a.vectors().frames(), b.vectors().frames());
                assertArrayEquals(
                        a.vectors().framesWithoutSound(), b.vectors().framesWithoutSound());
                assertArrayEquals(a.vectors().soundToken(), b.vectors().soundToken());
                assertArrayEquals(a.vectors().gates(), b.vectors().gates());
                RerankTokens tokens = a.reranking();
                RerankTokens others = b.reranking();
                if (tokens == null || others == null) {
                    assertEquals(tokens, others);
                } else {
                    assertArrayEquals(tokens.stored(), others.stored());
                }
            }
        }
    }

    @Test
    void theFilesHaveARowPerClipAndPerFrameInOneOrder() throws Exception {
        Path library = library(VectorFormat.F16, null);
        Path exported = folder.resolve("export");
        try (LuceneClipStore store = LuceneClipStore.openToRead(library, null);
                Connection database = DriverManager.getConnection("jdbc:duckdb:")) {
            LibraryExport.write(store, exported, NpyType.F32, 1000, _ -> {});
            assertFalse(Files.exists(exported.resolve("rerank")));
            byte[] head =
                    Arrays.copyOf(
                            Files.readAllBytes(exported.resolve("frames/frames_0000.npy")), 128);
            assertTrue(
                    new String(head, java.nio.charset.StandardCharsets.ISO_8859_1)
                            .matches(
                                    "\u0093NUMPY\u0001\u0000v\u0000\\{'descr': '<f4', 'fortran_order':"
                                            + " False, 'shape': \\(\\d+, 24\\), \\} +\n"));
            try (NpyReader frames =
                            new NpyReader(exported.resolve("frames/frames_0000.npy"), NpyType.F32);
                    NpyReader pooled =
                            new NpyReader(
                                    exported.resolve("img_emb/img_emb_0000.npy"), NpyType.F32);
                    ResultSet rows =
                            database.createStatement()
                                    .executeQuery(
                                            "SELECT * FROM read_parquet('%s/metadata/*.parquet')"
                                                    .formatted(exported))) {
                while (rows.next()) {
                    assertRow(store, rows, frames, pooled);
                }
                assertEquals(store.count(), pooled.taken());
                assertEquals(0, frames.left() + pooled.left());
            }
            assertEquals(
                    store.count(),
                    Files.readAllLines(exported.resolve("clips/clips_0000.jsonl")).size());
        }
    }

    private static void assertRow(
            ClipStore store, ResultSet row, NpyReader frames, NpyReader pooled)
            throws IOException, SQLException {
        StoredClip clip = store.get(row.getString("id")).orElseThrow();
        assertEquals(clip.file().path(), row.getString("path"));
        assertEquals(clip.startMs(), row.getLong("start_ms"));
        assertEquals("a bell rings", row.getString("caption"));
        assertEquals(frames.taken(), row.getLong("frame_row"));
        assertEquals(clip.frameTimesMs().length, row.getInt("frame_count"));
        assertNull(row.getObject("rerank_row"));
        assertEquals(List.of("Ünïcode \"quoted\"", "second"), tags(row.getObject("metadata")));
        assertArrayEquals(clip.vectors().frames(), frames.take(row.getInt("frame_count")));
        assertArrayEquals(LateInteractionScore.pooled(clip.vectors().frames()), pooled.take(1)[0]);
    }

    private static List<?> tags(@Nullable Object metadata) throws SQLException {
        Object tags = ((java.util.Map<?, ?>) requireNonNull(metadata)).get("tag");
        return Arrays.asList((Object[]) ((java.sql.Array) requireNonNull(tags)).getArray());
    }

    @Test
    void aFolderThatIsThereIsNotTouchedAndAFailedExportLeavesNothing() throws IOException {
        Path library = library(VectorFormat.F16, null);
        Path target = Files.createDirectories(folder.resolve("target"));
        try (LuceneClipStore store = LuceneClipStore.openToRead(library, null)) {
            LibraryExport.write(store, target, null, 9, _ -> {}); // empty: taken
            String refused =
                    String.valueOf(
                            assertThrows(
                                            IOException.class,
                                            () ->
                                                    LibraryExport.write(
                                                            store, target, null, 9, _ -> {}))
                                    .getMessage());
            assertEquals(
                    target + ": there already, and not an empty folder; export to a new one",
                    refused);
            ExportManifest.read(target).verify(target, _ -> {});
            Path other = folder.resolve("other");
            assertThrows(
                    IllegalStateException.class,
                    () ->
                            LibraryExport.write(
                                    store,
                                    other,
                                    null,
                                    9,
                                    clips -> {
                                        if (clips == 11) {
                                            throw new IllegalStateException("stopped");
                                        }
                                    }));
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(
                    List.of("it's a library [1]", "target"),
                    left.map(path -> String.valueOf(path.getFileName())).sorted().toList());
        }
    }

    @Test
    void anEmptyLibraryComesBackEmpty() throws IOException {
        Path library = folder.resolve("empty");
        LuceneClipStore.openToWrite(library, Samples.MODEL).close();
        Path exported = folder.resolve("export");
        try (LuceneClipStore store = LuceneClipStore.openToRead(library, null)) {
            assertEquals(0, LibraryExport.write(store, exported, null, 9, _ -> {}).clips());
        }
        assertEquals(new LibraryImport.Report(0, 0, 0, 0), read(exported, folder.resolve("copy")));
    }
}

package javigate.checkpoint.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names, revisions, files and settings, before any request. */
class HubNamesTest {

    private static final Path HOME = Path.of("/home/someone");

    @Test
    void presetsAndFullNamesAreModels() {
        assertEquals("openai/clip-vit-base-patch32", ModelName.parse("clip-b32").toString());
        assertEquals("openai/clip-vit-base-patch16", ModelName.parse("clip-b16").toString());
        ModelName ast = ModelName.parse("ast");
        assertEquals("MIT/ast-finetuned-audioset-10-10-0.4593", ast.toString());
        assertEquals("models--MIT--ast-finetuned-audioset-10-10-0.4593", ast.folder());
        assertEquals("a/b_c.d-e", ModelName.parse("a/b_c.d-e").toString());
        assertEquals("a/b", ModelName.ofFolder("models--a--b"));
    }

    @Test
    void whatIsNoModelGetsALineWithThePresets() {
        List<String> bad =
                List.of(
                        "",
                        "clip",
                        "a/b/c",
                        "/b",
                        "a/",
                        "../b",
                        "a/..",
                        "a/.b",
                        "-a/b",
                        "a/b--c",
                        "a/b..c",
                        "a/b c",
                        "a/b\n",
                        "a/b?c",
                        "a\\b",
                        "a/" + "b".repeat(95));
        for (String name : bad) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> ModelName.parse(name), name)
                            .toString();
            assertTrue(message.contains("clip-b32, clip-b16, ast"), message);
            assertTrue(message.lines().count() == 1, message);
        }
    }

    @Test
    void revisionsAreBranchesTagsPullRequestsAndCommits() {
        for (String good : List.of("main", "v1.0", "refs/pr/1", FakeHub.COMMIT, "a_b-c")) {
            assertEquals(good, ModelName.requireRevision(good));
        }
        for (String bad :
                List.of("", "a//b", "../x", "a/..", ".", "a b", "a\n", "-x", "a\\b", "/a")) {
            assertThrows(IllegalArgumentException.class, () -> ModelName.requireRevision(bad), bad);
        }
        assertEquals("refs%2Fpr%2F1", ModelName.encoded("refs/pr/1"));
        assertEquals("a%20b%2Bc~%23", ModelName.encoded("a b+c~#"));
    }

    @Test
    void safetensorsComeBeforeTheOlderFormatAndWholeFilesBeforeParts() throws Exception {
        String st = "model.safetensors";
        String bin = "pytorch_model.bin";
        String stIndex = st + ".index.json";
        String binIndex = bin + ".index.json";
        List<String> rest = List.of("merges.txt", "config.json", "README.md", "x/config.json");
        for (List<String> weights :
                List.of(
                        List.of(st, stIndex, bin, binIndex),
                        List.of(stIndex, bin, binIndex),
                        List.of(bin, binIndex),
                        List.of(binIndex))) {
            List<String> all = new java.util.ArrayList<>(weights);
            all.addAll(rest);
            assertEquals(
                    List.of("config.json", "merges.txt", weights.get(0)),
                    ModelFiles.choose(all).files());
        }
        assertThrows(BadModelException.class, () -> ModelFiles.choose(rest));
    }

    @Test
    void theEnvironmentIsReadAsPythonReadsIt() {
        HubSettings none = HubSettings.fromEnvironment(Map.of(), HOME);
        assertEquals(URI.create("https://huggingface.co"), none.endpoint());
        assertEquals(HOME.resolve(".cache/huggingface/hub"), none.cache());
        assertFalse(none.offline());
        assertTrue(none.links());
        assertEquals(null, none.token());
        assertEquals(Path.of("/x/huggingface/hub"), cache("XDG_CACHE_HOME", "/x"));
        assertEquals(Path.of("/h/hub"), cache("XDG_CACHE_HOME", "/x", "HF_HOME", "/h"));
        assertEquals(Path.of("/c"), cache("HF_HOME", "/h", "HF_HUB_CACHE", "/c"));
        assertEquals(HOME.resolve("models"), cache("HF_HUB_CACHE", "~/models"));
        assertEquals(HOME.resolve(".cache/huggingface/hub"), cache("HF_HUB_CACHE", " "));
        for (String yes : List.of("1", "true", "YES", "on")) {
            Map<String, String> env = Map.of("HF_HUB_OFFLINE", yes);
            assertTrue(HubSettings.fromEnvironment(env, HOME).offline(), yes);
        }
        assertFalse(HubSettings.fromEnvironment(Map.of("HF_HUB_OFFLINE", "0"), HOME).offline());
        assertEquals(
                URI.create("http://mirror:81/hf"),
                HubSettings.fromEnvironment(Map.of("HF_ENDPOINT", "http://mirror:81/hf//"), HOME)
                        .endpoint());
    }

    private static Path cache(String... pairs) {
        Map<String, String> env = new java.util.HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            env.put(pairs[i], pairs[i + 1]);
        }
        return HubSettings.fromEnvironment(env, HOME).cache();
    }

    @Test
    void settingsThatCannotBeAreRefusedWithoutTheirSecrets() {
        for (Map<String, String> env :
                List.of(
                        Map.of("HF_ENDPOINT", "ftp://hub"),
                        Map.of("HF_ENDPOINT", "hub"),
                        Map.of("HF_ENDPOINT", "http://user:s3cret@hub"),
                        Map.of("HF_ENDPOINT", "http://user:s3cret@h ub"),
                        Map.of("HF_TOKEN", "hf_s3cret\nX: y"),
                        Map.of("HF_TOKEN", "hf_s3crét"),
                        Map.of("HF_HUB_DOWNLOAD_TIMEOUT", "soon"),
                        Map.of("HF_HUB_DOWNLOAD_TIMEOUT", "0"))) {
            IllegalArgumentException e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> HubSettings.fromEnvironment(env, HOME));
            assertFalse(String.valueOf(e.getMessage()).contains("s3cr"), e.getMessage());
        }
        HubSettings settings = HubSettings.fromEnvironment(Map.of("HF_TOKEN", "hf_s3cret"), HOME);
        assertFalse(settings.toString().contains("s3cret"));
    }

    @Test
    void theTokenIsForTheEndpointsSchemeHostAndPortOnly() {
        HubSettings settings =
                HubSettings.fromEnvironment(
                        Map.of("HF_TOKEN", "t", "HF_ENDPOINT", "https://hub.example"), HOME);
        assertEquals("t", settings.tokenFor(URI.create("https://HUB.example:443/x")));
        for (String other :
                List.of(
                        "http://hub.example/",
                        "https://hub.example:444/",
                        "https://hub.example.evil/",
                        "https://cdn.hub.example/",
                        "http://hub.example:443/")) {
            assertEquals(null, settings.tokenFor(URI.create(other)), other);
        }
    }
}

package javigate.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import javigate.checkpoint.Architecture;
import javigate.model.ModelConfig;
import javigate.model.avigate.TinyAvigate;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class ParameterGroupsTest {

    /** What a model has beyond the towers trains at the rate of new parts, wherever it lies. */
    @Test
    void newPartsHaveTheirOwnRate() throws Exception {
        for (Map.Entry<String, String> run :
                Map.of(
                                "xpool", "pool_frames.",
                                "tefal", "pool_audio.",
                                "eclipse", "vis_audio_",
                                "clip4clip-seq", "transformerClip.")
                        .entrySet()) {
            TrainConfig config =
                    TrainConfig.load(
                            Path.of("..", "configs", "sightsound-" + run.getKey() + ".json"));
            String kind = run.getKey().replace("-seq", "");
            ParameterGroups groups = ParameterGroups.recipe(config);
            ModelConfig model = config.architecture(TinyAvigate.CONFIG);
            try (var _ = new PointerScope()) {
                Parameters parameters = Parameters.initialised(new Weights(), new Random(1));
                var _ = Architecture.network(parameters, model);
                int found = 0;
                for (String name : parameters.taken().keySet()) {
                    if (name.contains(run.getValue())) {
                        assertEquals(config.learningRate(), groups.rate(name), kind + " " + name);
                        found++;
                    }
                }
                assertTrue(found > 0, kind);
            }
            assertEquals(config.imageLearningRate(), groups.rate("clip.visual.conv1.weight"), kind);
            assertEquals(config.audioLearningRate(), groups.rate("clip.audio.v.cls_token"), kind);
        }
    }

    /** The gates and the query tokens have rates of their own where the configuration says so. */
    @Test
    void gatesAndQueriesMayHaveTheirOwnRates() throws Exception {
        TrainConfig plain = TrainConfig.load(Path.of("..", "configs", "sightsound-tefal.json"));
        ParameterGroups own =
                ParameterGroups.recipe(
                        TrainConfig.of(
                                plain.json()
                                        .put("gateLearningRate", 0.5)
                                        .put("queryLearningRate", 0.25)));
        String block = "transformerClip.resblocks.0.";
        for (String gate : new String[] {"attn_gate.ag_fc.weight", "ff_gate.fg_proj.weight"}) {
            assertEquals(0.5, own.rate(block + gate));
            assertEquals(
                    plain.learningRate(), ParameterGroups.recipe(plain).rate(block + gate), gate);
        }
        assertEquals(0.25, own.rate("query_tokens"));
        assertEquals(plain.learningRate(), own.rate("query_position_embeddings.weight"));
        assertEquals(plain.learningRate(), own.rate(block + "attn.in_proj_weight"));
    }
}

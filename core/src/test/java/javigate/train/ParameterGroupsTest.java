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
}

package javigate.train;

import static java.util.Objects.requireNonNullElse;

import java.util.List;

/**
 * Which parameters train, how fast, and which of them decay. The first group that fits a name
 * holds; what fits none is frozen.
 *
 * @param groups in order
 * @param decaying which parameters decay
 * @param weightDecay how much, 0 or more
 */
public record ParameterGroups(List<Group> groups, Decaying decaying, double weightDecay) {

    /**
     * Parameters with one learning rate.
     *
     * @param prefix what their names start with
     * @param part what stands somewhere in them; empty for anything
     * @param rate learning rate, 0 or more; 0 freezes them
     */
    public record Group(String prefix, String part, double rate) {

        public Group {
            if (!(rate >= 0)) {
                throw new IllegalArgumentException(
                        "learning rate %s of %s; it must not be negative".formatted(rate, prefix));
            }
        }

        Group(String prefix, double rate) {
            this(prefix, "", rate);
        }

        boolean fits(String name) {
            return name.startsWith(prefix) && name.contains(part);
        }
    }

    /** Which parameters decay. */
    public enum Decaying {
        /** Those of two or more dimensions: no biases, norms or scalars. */
        MATRICES,
        /** Those without "bias" in their names: norms, positions and the logit scale too. */
        ALL_BUT_BIASES
    }

    public ParameterGroups {
        groups = List.copyOf(groups);
        if (!(weightDecay >= 0)) {
            throw new IllegalArgumentException(
                    "weight decay " + weightDecay + "; it must not be negative");
        }
    }

    /** What a stage of the SightSound recipe trains; matrices decay. */
    static ParameterGroups recipe(TrainConfig config) {
        double rate = config.learningRate();
        List<Group> groups;
        if (config.stage().equals(TrainConfig.Stage.CLIP)) {
            groups = List.of(new Group("clip.audio", 0), new Group("clip.", rate));
        } else if (config.stage().equals(TrainConfig.Stage.AST)) {
            groups = List.of(new Group("clip.audio.v.", rate), new Group(Trainer.TEMPORARY, rate));
        } else {
            groups =
                    List.of(
                            new Group("clip.visual.", "audio", rate), // ECLIPSE's new parts
                            new Group("clip.visual.", config.imageLearningRate()),
                            new Group("clip.audio.v.norm.", rate),
                            new Group("clip.audio.v.", config.audioLearningRate()),
                            new Group("clip.audio_projection", rate),
                            new Group("clip.", config.textLearningRate()),
                            new Group(
                                    "query_tokens",
                                    requireNonNullElse(config.queryLearningRate(), rate)),
                            new Group(
                                    "",
                                    "_gate.",
                                    requireNonNullElse(config.gateLearningRate(), rate)),
                            new Group("", rate));
        }
        return new ParameterGroups(groups, Decaying.MATRICES, config.weightDecay());
    }

    /**
     * The official code's: stems and embeddings of CLIP frozen, AST too but for its final norm;
     * query tokens a hundred times as fast as the other new parts.
     *
     * @param rate of the new parts
     * @param towerRate of CLIP and of AST's final norm
     * @param weightDecay of all but biases
     */
    public static ParameterGroups reference(double rate, double towerRate, double weightDecay) {
        return new ParameterGroups(
                List.of(
                        new Group("clip.visual.conv1.", 0),
                        new Group("clip.visual.class_embedding", 0),
                        new Group("clip.visual.positional_embedding", 0),
                        new Group("clip.visual.ln_pre.", 0),
                        new Group("clip.token_embedding.", 0),
                        new Group("clip.positional_embedding", 0),
                        new Group("clip.audio.v.norm.", towerRate),
                        new Group("clip.audio.", 0),
                        new Group("clip.audio_projection", rate),
                        new Group("clip.", towerRate),
                        new Group("query_tokens", 100 * rate),
                        new Group("", rate)),
                Decaying.ALL_BUT_BIASES,
                weightDecay);
    }

    /** The learning rate of a parameter; 0 when it is frozen. */
    public double rate(String name) {
        for (Group group : groups) {
            if (group.fits(name)) {
                return group.rate();
            }
        }
        return 0;
    }

    /** The weight decay of a parameter of so many dimensions. */
    public double decay(String name, long dimensions) {
        boolean decays =
                switch (decaying) {
                    case MATRICES -> dimensions > 1;
                    case ALL_BUT_BIASES -> !name.contains("bias");
                };
        return decays ? weightDecay : 0;
    }
}

package javigate.checkpoint;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import javigate.model.ModelConfig;
import javigate.model.Preprocessing;
import javigate.model.RetrievalModel;
import javigate.model.RetrievalNetwork;
import javigate.model.ast.AstConfig;
import javigate.model.avigate.AvigateConfig;
import javigate.model.avigate.AvigateNetwork;
import javigate.model.clip.ClipTokenizer;
import javigate.model.clip4clip.Clip4ClipConfig;
import javigate.model.clip4clip.Clip4ClipNetwork;
import javigate.model.eclipse.EclipseConfig;
import javigate.model.eclipse.EclipseNetwork;
import javigate.model.tefal.TefalConfig;
import javigate.model.tefal.TefalNetwork;
import javigate.model.xpool.XPoolConfig;
import javigate.model.xpool.XPoolNetwork;
import javigate.tensor.Parameters;
import javigate.tensor.Weights;

/**
 * A kind of model: all that the rest of the library knows of it. {@link #ALL} is the registry; a
 * new model is a package and a line there (docs/ADD_A_MODEL.md).
 *
 * @param id its name in config.json, where its configuration stands under the same name, and in
 *     upper case the stage that trains it
 * @param configuration its configuration
 * @param network builds it
 * @param over its usual configuration over the towers of another model, with as many frames and
 *     words
 * @param start the weights its training starts from, of the towers' (below {@code clip.}); what is
 *     missing is drawn by the layers. The tensors may be the towers' own
 */
public record Architecture<C extends ModelConfig>(
        String id,
        Class<C> configuration,
        BiFunction<Parameters, C, RetrievalNetwork> network,
        Function<ModelConfig, C> over,
        BiFunction<Weights, C, Weights> start) {

    /** All models. */
    public static final List<Architecture<?>> ALL =
            List.of(
                    new Architecture<>(
                            "avigate",
                            AvigateConfig.class,
                            AvigateNetwork::new,
                            AvigateConfig::over,
                            AvigateNetwork::start),
                    new Architecture<>(
                            "clip4clip",
                            Clip4ClipConfig.class,
                            Clip4ClipNetwork::new,
                            Clip4ClipConfig::over,
                            Clip4ClipNetwork::start),
                    new Architecture<>(
                            "xpool",
                            XPoolConfig.class,
                            XPoolNetwork::new,
                            XPoolConfig::over,
                            XPoolNetwork::start),
                    new Architecture<>(
                            "tefal",
                            TefalConfig.class,
                            TefalNetwork::new,
                            TefalConfig::over,
                            TefalNetwork::start),
                    new Architecture<>(
                            "eclipse",
                            EclipseConfig.class,
                            EclipseNetwork::new,
                            EclipseConfig::over,
                            EclipseNetwork::start));

    /**
     * The kind of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Architecture<?> named(String id) {
        return ALL.stream()
                .filter(a -> a.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "architecture \"%s\"; known are %s"
                                                .formatted(
                                                        id,
                                                        String.join(
                                                                ", ",
                                                                ALL.stream()
                                                                        .map(Architecture::id)
                                                                        .toList()))));
    }

    /** The kind that a configuration is of. */
    @SuppressWarnings("unchecked") // of its own class
    public static <C extends ModelConfig> Architecture<C> of(C config) {
        return (Architecture<C>)
                ALL.stream()
                        .filter(a -> a.configuration().isInstance(config))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                config.getClass() + " is of no registered kind"));
    }

    /** The network of a configuration. */
    public static RetrievalNetwork network(Parameters parameters, ModelConfig config) {
        return build(of(config), parameters, config);
    }

    private static <C extends ModelConfig> RetrievalNetwork build(
            Architecture<C> kind, Parameters parameters, ModelConfig config) {
        return kind.network().apply(parameters, kind.configuration().cast(config));
    }

    /** The weights that the training of a configuration starts from; see {@link #start}. */
    public static Weights start(Weights towers, ModelConfig config) {
        return start(of(config), towers, config);
    }

    private static <C extends ModelConfig> Weights start(
            Architecture<C> kind, Weights towers, ModelConfig config) {
        return kind.start().apply(towers, kind.configuration().cast(config));
    }

    /**
     * A model for use.
     *
     * @param weights float32; closed with the model
     * @throws IllegalArgumentException if they, or the preprocessing, do not fit
     */
    public static RetrievalModel model(
            Weights weights,
            ModelConfig config,
            Preprocessing preprocessing,
            ClipTokenizer tokenizer) {
        return new RetrievalModel(
                weights, config, p -> network(p, config), preprocessing, tokenizer);
    }

    /** The usual input of a model: one frame per second, filterbanks if it listens. */
    static Preprocessing preprocessing(ModelConfig config) {
        AstConfig ast = config.ast();
        return ast == null
                ? Preprocessing.ofPictures(config.clip().imageSize(), 1, config.maxFrames())
                : Preprocessing.standard(
                        config.clip().imageSize(),
                        1,
                        config.maxFrames(),
                        ast.melBins(),
                        ast.timeFrames());
    }
}

package javigate.verify;

import static javigate.verify.ReferenceCase.integer;
import static javigate.verify.ReferenceCase.number;
import static javigate.verify.ReferenceCase.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javigate.model.avigate.AvigateNetwork;
import javigate.tensor.Ops;
import javigate.tensor.Weights;
import javigate.train.BertAdam;
import javigate.train.Optimiser;
import javigate.train.ParameterGroups;
import javigate.train.WarmupCosine;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Reference case of training: some steps of the official model under its optimiser, from two
 * starting values of the logit scale, of which the second is above its limit.
 */
final class TrainTrajectoryCase {

    private static final String FIRST = "out.";

    private static final String CLAMPED = "out.clamped.";

    /** Exact but for the rounding of products such as lr · coefficient. */
    private static final double PRODUCT = 1e-12;

    private TrainTrajectoryCase() {}

    static void run(ReferenceCase c, Path folder) throws IOException {
        ParameterGroups groups =
                ParameterGroups.reference(
                        c.configNumber("lr"),
                        c.configNumber("lr") * c.configNumber("coef_lr"),
                        c.configNumber("weight_decay"));
        groups(c, groups);
        WarmupCosine schedule =
                new WarmupCosine(c.config("t_total"), c.configNumber("warmup"), false);
        schedule(c, schedule);
        try (Weights end =
                train(c, folder, groups, schedule, FIRST, c.configNumber("logit_scale_start"))) {
            for (String name : c.tensors().names()) {
                if (name.startsWith("end.")) {
                    c.compare(name, end.get(name.substring("end.".length())), c.tolerance("end"));
                }
            }
        }
        if (c.tensors().has(CLAMPED + "loss")) {
            double start = c.configNumber("logit_scale_start_clamped_run");
            train(c, folder, groups, schedule, CLAMPED, start).close();
        }
    }

    /** Every parameter's rate and decay; those of frozen ones are without effect. */
    private static void groups(ReferenceCase c, ParameterGroups ours) {
        Set<String> frozen = new HashSet<>();
        rows(c.json(), "frozen_parameters").forEach(name -> frozen.add(name.asText()));
        List<double[]> expected = new ArrayList<>();
        List<double[]> found = new ArrayList<>();
        for (JsonNode group : rows(c.json(), "parameter_groups")) {
            for (JsonNode parameter : group.path("parameters")) {
                String name = parameter.asText();
                boolean still = frozen.contains(name);
                expected.add(
                        new double[] {
                            still ? 0 : number(group, "lr"), number(group, "weight_decay")
                        });
                found.add(new double[] {ours.rate(name), ours.decay(name, 1)});
            }
        }
        c.compare("parameter_groups", flat(found), flat(expected), 0, PRODUCT);
    }

    private static double[] flat(List<double[]> pairs) {
        return pairs.stream().flatMapToDouble(java.util.Arrays::stream).toArray();
    }

    private static void schedule(ReferenceCase c, WarmupCosine schedule) {
        JsonNode factors = rows(c.json(), "schedule_factor_per_step");
        double[] ours = new double[factors.size()];
        double[] expected = new double[factors.size()];
        for (int step = 0; step < ours.length; step++) {
            ours[step] = schedule.factor(step);
            expected[step] = factors.get(step).asDouble();
        }
        c.compare("schedule_factor_per_step", ours, expected, PRODUCT, 0);
    }

    /**
     * Trains once, and compares what was seen at each step.
     *
     * @param logitScale value it starts from
     * @return the weights after the last step
     */
    private static Weights train(
            ReferenceCase c,
            Path folder,
            ParameterGroups groups,
            WarmupCosine schedule,
            String outputs,
            double logitScale)
            throws IOException {
        JsonNode config = c.json().path("config");
        int steps = integer(config, "steps");
        double[] losses = new double[steps];
        double[] norms = new double[steps];
        double[] scales = new double[steps];
        BertAdam rule =
                new BertAdam(
                        number(config, "b1"),
                        number(config, "b2"),
                        number(config, "eps"),
                        number(config, "max_grad_norm_per_parameter"));
        Weights weights = AvigateCase.weights(c, folder);
        weights.put("clip.logit_scale", Ops.scalar(logitScale));
        AvigateNetwork network = AvigateCase.network(c, weights);
        try (Optimiser optimiser =
                new Optimiser(
                        weights.all(),
                        groups,
                        rule,
                        schedule,
                        number(config, "max_grad_norm_global"))) {
            for (int step = 0; step < steps; step++) {
                try (var _ = new PointerScope()) {
                    Tensor loss = loss(c, network, "in.batch" + step % 2 + ".");
                    losses[step] = loss.item_float();
                    loss.backward();
                    norms[step] = optimiser.step();
                    network.clampScale();
                    scales[step] = weights.floats("clip.logit_scale")[0];
                }
            }
        }
        compare(c, outputs + "loss", losses, "loss");
        compare(c, outputs + "grad_norm_before_clip", norms, "loss");
        compare(c, outputs + "logit_scale_after_step", scales, "end");
        return weights;
    }

    private static Tensor loss(ReferenceCase c, AvigateNetwork network, String inputs) {
        AvigateCase.Batch batch = AvigateCase.Batch.of(c, inputs);
        Tensor text = network.text(batch.ids());
        Tensor plain = network.frames(batch.pixels());
        Tensor audio = network.projectAudio(network.audioTokens(batch.filterbank()));
        return network.loss(
                text, network.fuse(plain, batch.mask(), network.resample(audio)), batch.mask());
    }

    private static void compare(ReferenceCase c, String name, double[] ours, String part) {
        JsonNode tolerance = c.tolerance(part);
        c.compare(
                name,
                ours,
                c.tensors().doubles(name),
                tolerance.path("atol").asDouble(0),
                tolerance.path("rtol").asDouble(0));
    }
}

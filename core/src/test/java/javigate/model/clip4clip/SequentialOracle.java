package javigate.model.clip4clip;

import javigate.tensor.Weights;

/** CLIP4Clip's transformer over the frames of one clip in plain loops and double precision. */
final class SequentialOracle {

    private final Weights weights;
    private final int layers;
    private final int heads;

    SequentialOracle(Weights weights, int layers, int heads) {
        this.weights = weights;
        this.layers = layers;
        this.heads = heads;
    }

    /** Blocks over frames plus positions, plus the frames without: [F][D], real frames only. */
    double[][] of(double[][] plain) {
        int width = plain[0].length;
        double[] positions = weights.doubles("frame_position_embeddings.weight");
        double[][] x = new double[plain.length][width];
        for (int f = 0; f < x.length; f++) {
            for (int d = 0; d < width; d++) {
                x[f][d] = plain[f][d] + positions[f * width + d];
            }
        }
        for (int layer = 0; layer < layers; layer++) {
            String name = "transformerClip.resblocks." + layer + ".";
            x = plus(x, attention(name + "attn.", norm(name + "ln_1.", x)));
            double[][] hidden =
                    linear(
                            name + "mlp.c_fc.weight",
                            name + "mlp.c_fc.bias",
                            norm(name + "ln_2.", x));
            for (double[] row : hidden) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = row[i] / (1 + Math.exp(-1.702 * row[i])); // QuickGELU
                }
            }
            x = plus(x, linear(name + "mlp.c_proj.weight", name + "mlp.c_proj.bias", hidden));
        }
        return plus(x, plain);
    }

    private double[][] attention(String name, double[][] x) {
        int width = x[0].length;
        int size = width / heads;
        double[][] joint = linear(name + "in_proj_weight", name + "in_proj_bias", x);
        double[][] mixed = new double[x.length][width];
        for (int head = 0; head < heads; head++) {
            for (int q = 0; q < x.length; q++) {
                double[] weight = new double[x.length];
                double sum = 0;
                for (int k = 0; k < x.length; k++) {
                    double product = 0;
                    for (int i = head * size; i < (head + 1) * size; i++) {
                        product += joint[q][i] * joint[k][width + i];
                    }
                    weight[k] = Math.exp(product / Math.sqrt(size));
                    sum += weight[k];
                }
                for (int k = 0; k < x.length; k++) {
                    for (int i = head * size; i < (head + 1) * size; i++) {
                        mixed[q][i] += weight[k] / sum * joint[k][2 * width + i];
                    }
                }
            }
        }
        return linear(name + "out_proj.weight", name + "out_proj.bias", mixed);
    }

    private double[][] norm(String name, double[][] x) {
        double[] scale = weights.doubles(name + "weight");
        double[] shift = weights.doubles(name + "bias");
        double[][] result = new double[x.length][x[0].length];
        for (int f = 0; f < x.length; f++) {
            double mean = 0;
            double square = 0;
            for (double value : x[f]) {
                mean += value / x[f].length;
            }
            for (double value : x[f]) {
                square += (value - mean) * (value - mean) / x[f].length;
            }
            for (int i = 0; i < x[f].length; i++) {
                result[f][i] = (x[f][i] - mean) / Math.sqrt(square + 1e-12) * scale[i] + shift[i];
            }
        }
        return result;
    }

    private double[][] linear(String weightName, String biasName, double[][] x) {
        double[] weight = weights.doubles(weightName);
        double[] bias = weights.doubles(biasName);
        double[][] result = new double[x.length][bias.length];
        for (int f = 0; f < x.length; f++) {
            for (int out = 0; out < bias.length; out++) {
                double sum = bias[out];
                for (int in = 0; in < x[f].length; in++) {
                    sum += x[f][in] * weight[out * x[f].length + in];
                }
                result[f][out] = sum;
            }
        }
        return result;
    }

    private static double[][] plus(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int f = 0; f < a.length; f++) {
            for (int d = 0; d < a[f].length; d++) {
                sum[f][d] = a[f][d] + b[f][d];
            }
        }
        return sum;
    }
}

package javigate.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javigate.model.Relevance;

/**
 * How a model's scores become a {@link Relevance}, and what that is worth: {@code calibration.json}
 * in the model's folder. It holds for these weights on such data and for no others; a model without
 * one gives no relevance.
 *
 * @param model fingerprint of the model it was fitted for
 * @param relevance the equation's weights
 * @param data what it was fitted on, for people
 * @param dataSha256 of the clips and captions
 * @param fittedOn figures on the split it was fitted on, by size of library
 * @param measuredOn figures on a split that no choice was made by
 */
public record Calibration(
        String model,
        Relevance relevance,
        String data,
        String dataSha256,
        List<Figures> fittedOn,
        List<Figures> measuredOn) {

    static final String FILE = "calibration.json";

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * Of libraries of one size, drawn from a split. The first four are over the ten best hits of
     * each caption of the library's clips.
     *
     * @param split its name
     * @param clips in each library
     * @param ece expected calibration error in ten bins of equal width, 0..1
     * @param brier mean squared error of the relevance, 0..1
     * @param brierOfConstant the same of the share of hits that match
     * @param auroc share of pairs of a matching and another hit that relevance puts right
     * @param kept share of best hits that match which are not called nothing
     * @param falseAlarms share of queries that nothing matches which are not called so, by tier
     */
    public record Figures(
            String split,
            int clips,
            double ece,
            double brier,
            double brierOfConstant,
            double auroc,
            double kept,
            Map<String, Double> falseAlarms) {
        public Figures {
            falseAlarms = Collections.unmodifiableMap(new LinkedHashMap<>(falseAlarms));
        }
    }

    public Calibration {
        fittedOn = List.copyOf(fittedOn);
        measuredOn = List.copyOf(measuredOn);
    }

    /**
     * The calibration in a model's folder; none if the model was not calibrated.
     *
     * @throws IOException if the file is damaged, or of other weights than the folder's
     */
    public static Optional<Calibration> of(Checkpoint checkpoint) throws IOException {
        Path file = checkpoint.folder().resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Calibration calibration =
                Checkpoint.convert(file, Checkpoint.read(file), Calibration.class);
        if (!calibration.model.equals(checkpoint.fingerprint())) {
            throw new IOException(
                    "%s: fitted for a model %s, but the folder holds %s; delete it or run ./javigate calibrate"
                            .formatted(
                                    file,
                                    abbreviated(calibration.model),
                                    abbreviated(checkpoint.fingerprint())));
        }
        return Optional.of(calibration);
    }

    private static String abbreviated(String fingerprint) {
        return fingerprint.substring(0, Math.min(12, fingerprint.length()));
    }

    /**
     * Writes it into the folder of the model it was fitted for, over one that is there.
     *
     * @return the file
     */
    public Path save(Checkpoint checkpoint) throws IOException {
        Path file = checkpoint.folder().resolve(FILE);
        Checkpoint.replace(file, JSON.writeValueAsString(this) + "\n");
        return file;
    }
}

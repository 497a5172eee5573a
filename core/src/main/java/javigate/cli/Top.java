package javigate.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How many of the best: a count ({@code 50}) or a share of all ({@code 10%}).
 *
 * @param text as it was written
 * @param share whether {@code value} is in percent
 * @param value above 0; at most 100 for a share
 */
record Top(String text, boolean share, double value) {

    /** So many of {@code all}: at least 1, at most all. */
    int of(long all) {
        double wanted = share ? Math.ceil(value * (double) all / 100 - 1e-9) : value;
        return (int) Math.max(1, Math.min((double) all, wanted));
    }

    /** Reads one from the command line. */
    static final class Reader implements ITypeConverter<Top> {
        @Override
        public Top convert(String text) {
            boolean share = text.endsWith("%");
            try {
                double value =
                        share
                                ? Double.parseDouble(text.substring(0, text.length() - 1))
                                : Integer.parseInt(text);
                if (value > 0 && value <= (share ? 100 : Integer.MAX_VALUE)) {
                    return new Top(text, share, value);
                }
            } catch (NumberFormatException _) {
                // said below
            }
            throw new TypeConversionException(
                    "\"" + text + "\" is neither a count from 1 (50) nor a share up to 100 (10%)");
        }
    }
}

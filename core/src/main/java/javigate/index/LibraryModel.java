package javigate.index;

/**
 * The model whose vectors a library holds: vectors of two models are never compared.
 *
 * @param name for people
 * @param fingerprint equal for two models exactly when they embed alike, for example a hash of
 *     weights and configuration
 * @param width D of its vectors, at least 1
 * @param alpha sharpness of the local score (Eq. 8), above 0
 * @param localWeight its weight w in the score (Eq. 9), 0 to 1: 0.5 for AVIGATE, 0 where the pooled
 *     vector alone is scored
 */
public record LibraryModel(
        String name, String fingerprint, int width, double alpha, double localWeight) {
    /**
     * Checks the ranges above.
     *
     * @throws IllegalArgumentException naming the value that is out of range
     */
    public LibraryModel {
        if (fingerprint.isBlank()) {
            throw new IllegalArgumentException("model " + name + ": its fingerprint is blank");
        }
        if (width < 1) {
            throw new IllegalArgumentException("model " + name + ": width " + width + " below 1");
        }
        if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "model " + name + ": alpha " + alpha + " is not a finite number above 0");
        }
        if (!(localWeight >= 0 && localWeight <= 1)) {
            throw new IllegalArgumentException(
                    "model " + name + ": local weight " + localWeight + " is outside 0..1");
        }
    }

    /** Whether vectors of both may be compared and scored alike; the name does not matter. */
    boolean embedsLike(LibraryModel other) {
        return fingerprint.equals(other.fingerprint)
                && width == other.width
                && alpha == other.alpha
                && localWeight == other.localWeight;
    }

    /** Name and everything that {@link #embedsLike} compares, for messages. */
    String describe() {
        return String.format(
                "\"%s\" (fingerprint %s, width %d, alpha %s, local weight %s)",
                name, fingerprint, width, alpha, localWeight);
    }
}

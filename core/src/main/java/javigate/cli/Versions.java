package javigate.cli;

import javigate.tensor.Engine;
import picocli.CommandLine.IVersionProvider;

/** What runs, for records and for {@code --version}. */
final class Versions implements IVersionProvider {

    private static final String RELEASE = "0.1.0";

    @Override
    public String[] getVersion() {
        return new String[] {"javigate " + RELEASE + commit()};
    }

    /** Release, commit, Java and libtorch: {@code 0.1.0 (1a2b3c), Java 25.0.3, libtorch 2.10.0}. */
    static String describe() {
        return "%s%s, Java %s, libtorch %s"
                .formatted(
                        RELEASE,
                        commit(),
                        System.getProperty("java.version"),
                        Engine.facts().version());
    }

    /** The launcher knows it where it runs from a checkout. */
    private static String commit() {
        String commit = System.getenv().getOrDefault("JAVIGATE_COMMIT", "");
        return commit.isEmpty() ? "" : " (" + commit + ")";
    }
}

package javigate.cli;

import javigate.tensor.Engine;
import picocli.CommandLine.Option;

/** Where the model computes. */
final class DeviceOption {

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "cpu (default) or cuda, which needs a libtorch built for it.")
    private String device = "cpu";

    /** Starts the engine there; called before a model is loaded. */
    void start() {
        Engine.start(device);
    }
}

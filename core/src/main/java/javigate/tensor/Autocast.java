package javigate.tensor;

import org.bytedeco.pytorch.global.torch;

/**
 * While open, and on this thread, libtorch computes in bf16 what its autocast deems safe: products
 * of matrices, convolutions, attention. Weights stay as they are.
 */
public final class Autocast implements AutoCloseable {

    private final torch.DeviceType device;

    private Autocast(torch.DeviceType device) {
        this.device = device;
    }

    /** Switches it on, on the engine's device. */
    public static Autocast bf16() {
        torch.DeviceType device = Engine.device().type();
        torch.set_autocast_dtype(device, torch.ScalarType.BFloat16);
        torch.set_autocast_enabled(device, true);
        int _ = torch.increment_nesting();
        return new Autocast(device);
    }

    @Override
    public void close() {
        torch.set_autocast_enabled(device, false);
        if (torch.decrement_nesting() == 0) {
            torch.clear_cache();
        }
    }
}

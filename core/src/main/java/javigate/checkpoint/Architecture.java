package javigate.checkpoint;

import javigate.model.avigate.AvigateConfig;
import javigate.model.clip4clip.Clip4ClipConfig;

/** Which model a folder holds, with its configuration. */
public sealed interface Architecture {

    /** See {@link javigate.model.avigate.Avigate}. */
    record Avigate(AvigateConfig config) implements Architecture {}

    /** See {@link javigate.model.clip4clip.Clip4Clip}. */
    record Clip4Clip(Clip4ClipConfig config) implements Architecture {}

    /** Its name in config.json. */
    default String id() {
        return switch (this) {
            case Avigate _ -> "avigate";
            case Clip4Clip _ -> "clip4clip";
        };
    }
}

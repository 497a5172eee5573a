package javigate.cli;

import javigate.checkpoint.ModelPreset;

/** Presets of models as they are written on the command line. */
final class PresetNames extends EnumNames<ModelPreset> {

    PresetNames() {
        super(ModelPreset.values(), ModelPreset::argument);
    }
}

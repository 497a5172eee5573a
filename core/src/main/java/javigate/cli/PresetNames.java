package javigate.cli;

import java.util.Arrays;
import java.util.Iterator;
import javigate.checkpoint.ModelPreset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Presets of models as they are written on the command line. */
final class PresetNames implements Iterable<String>, ITypeConverter<ModelPreset> {

    @Override
    public Iterator<String> iterator() {
        return Arrays.stream(ModelPreset.values()).map(ModelPreset::argument).iterator();
    }

    @Override
    public ModelPreset convert(String value) {
        return Arrays.stream(ModelPreset.values())
                .filter(preset -> preset.argument().equals(value))
                .findFirst()
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "%s is none of %s"
                                                .formatted(value, String.join(", ", this))));
    }
}

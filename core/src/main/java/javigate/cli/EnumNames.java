package javigate.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Values of an enum as they are written on the command line; read in any case, and with
 * underscores.
 */
abstract class EnumNames<E extends Enum<E>> implements Iterable<String>, ITypeConverter<E> {

    private final List<E> values;
    private final Function<E, String> argument;

    EnumNames(E[] values, Function<E, String> argument) {
        this.values = Arrays.asList(values);
        this.argument = argument;
    }

    @Override
    public Iterator<String> iterator() {
        return values.stream().map(argument).iterator();
    }

    @Override
    public E convert(String value) {
        return values.stream()
                .filter(e -> argument.apply(e).equalsIgnoreCase(value.replace('_', '-')))
                .findFirst()
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "%s is none of %s"
                                                .formatted(value, String.join(", ", this))));
    }
}

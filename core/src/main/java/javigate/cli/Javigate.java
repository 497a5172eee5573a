package javigate.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: one class per verb, listed here. */
@Command(
        name = "javigate",
        description = "Video search that looks and listens.",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            AblateCommand.class,
            AddCommand.class,
            BenchCommand.class,
            CalibrateCommand.class,
            CheckCommand.class,
            CompactCommand.class,
            DataCommand.class,
            DemoCommand.class,
            DoctorCommand.class,
            EvalCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            ListCommand.class,
            ModelCommand.class,
            RankCommand.class,
            RemoveCommand.class,
            SearchCommand.class,
            ServeCommand.class,
            SimilarCommand.class,
            TrainCommand.class,
            VerifyCommand.class
        })
public final class Javigate {

    /** Exit code after Ctrl-C, as shells have it. */
    private static final int INTERRUPTED = 130;

    private Javigate() {}

    /**
     * Runs the verb named in {@code args} and exits with 0 (good), 1 (failed) or 2 (wrong usage).
     */
    public static void main(String[] args) {
        AtomicBoolean ended = new AtomicBoolean();
        // Interrupted, the process stops at once: what was reported is on disk already.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    if (!ended.get()) {
                                        ProcessEnd.now(INTERRUPTED);
                                    }
                                }));
        int code = 1;
        try {
            code = run(args);
        } catch (OutOfMemoryError e) {
            System.err.println("javigate: out of memory (" + e.getMessage() + ")");
        } catch (LinkageError e) {
            boolean missing = e.getCause() instanceof ClassNotFoundException;
            System.err.println(
                    missing
                            ? "javigate: a library it was built with is gone (%s); build again"
                                    .formatted(e.getMessage())
                            : "javigate: the native libraries do not load on %s %s (%s); see ./javigate doctor"
                                    .formatted(
                                            System.getProperty("os.name"),
                                            System.getProperty("os.arch"),
                                            e.getMessage()));
        } finally {
            ended.set(true);
        }
        System.exit(code);
    }

    /** Runs a verb in this process and returns its exit code. */
    static int run(String... args) {
        return new CommandLine(new Javigate())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Javigate::report)
                .setParameterExceptionHandler(Javigate::misuse)
                .execute(args);
    }

    /** One line, and where to read more: a whole page of help would push it off the screen. */
    private static int misuse(CommandLine.ParameterException e, String[] args) {
        CommandLine verb = e.getCommandLine();
        boolean unknown = e instanceof CommandLine.UnmatchedArgumentException;
        say(Libraries.joined(String.valueOf(e.getMessage())));
        if (!verb.getSubcommands().isEmpty() && !unknown) { // mostly its verb is missing
            verb.usage(System.err);
            return CommandLine.ExitCode.USAGE;
        }
        CommandLine.UnmatchedArgumentException.printSuggestions(e, System.err);
        if (verb.getCommand() instanceof SearchCommand
                && (unknown || e instanceof CommandLine.MissingParameterException)) {
            System.err.println("TEXT is one, in quotes; behind -- if it begins with -");
        }
        System.err.printf("see ./%s --help%n", verb.getCommandSpec().qualifiedName());
        return CommandLine.ExitCode.USAGE;
    }

    /** A user's mistake is one line; anything else is a defect and shows where it happened. */
    private static int report(
            Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
        switch (e) {
            case UncheckedIOException wrapped -> {
                return report(Objects.requireNonNull(wrapped.getCause()), commandLine, parsed);
            }
            case FileSystemException file -> say(file.getFile() + ": " + kind(file));
            case InvalidPathException name ->
                    say(
                            "%s: file names in %s have no such characters; set LC_ALL=C.UTF-8"
                                    .formatted(
                                            name.getInput(),
                                            System.getProperty("sun.jnu.encoding")));
            case Usage.WrongException _ -> {
                say(e.getMessage());
                return CommandLine.ExitCode.USAGE;
            }
            case IOException _, IllegalArgumentException _ -> say(e.getMessage());
            default -> {
                System.err.println("javigate: this is a defect, please report it:");
                e.printStackTrace();
            }
        }
        return 1;
    }

    private static void say(@Nullable String message) {
        System.err.println("javigate: " + Libraries.oneLine(String.valueOf(message)));
    }

    /** What went wrong with a file; the exceptions' own messages are often the path alone. */
    private static String kind(FileSystemException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file or folder";
            case AccessDeniedException _ -> "no permission";
            case FileAlreadyExistsException _ -> "it is there already, and no folder";
            default -> e.getReason() == null ? e.toString() : e.getReason();
        };
    }
}

package javigate.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Verbs of the library on a disk that is full, then larger, then read-only. */
final class DiskTrial {

    private final Path export;
    private final Path disk;
    private final String library;

    private DiskTrial(Path export, Path disk) {
        this.export = export;
        this.disk = disk;
        this.library = disk.resolve("library").toString();
    }

    /** Arguments: an exported library, the folder where a small disk is mounted. */
    public static void main(String[] args) throws Exception {
        System.setErr(System.out);
        new DiskTrial(Path.of(args[0]), Path.of(args[1])).run();
    }

    private void run() throws IOException, InterruptedException {
        verb("import", "import", export.toString());
        verb("check", "check", "--no-files");
        Path filler = fill();
        verb("add", "import", export.toString());
        verb("rm", "rm", "/videos");
        verb("export", "export", disk.resolve("out").toString());
        verb("check", "check", "--no-files");
        System.out.println("== left");
        try (Stream<Path> left = Files.list(disk)) {
            left.map(disk::relativize).sorted().forEach(System.out::println);
        }
        System.out.println("exit 0");
        Files.delete(filler);
        mount("remount,size=64m");
        verb("import", "import", export.toString());
        verb("compact", "compact");
        verb("check", "check", "--no-files");
        verb("export", "export", disk.resolve("out").toString());
        Files.delete(disk.resolve("library/clips/write.lock")); // as in a copy
        mount("remount,size=64m,ro");
        verb("import", "import", export.toString());
        verb("rm", "rm", "/videos");
        verb("compact", "compact");
        verb("export", "export", disk.resolve("again").toString());
        verb("new", "import", export.toString(), "--library", disk.resolve("new").toString());
        verb("check", "check", "--no-files");
    }

    private void verb(String name, String... args) {
        System.out.println("== " + name);
        String[] all = args;
        if (!List.of(args).contains("--library")) {
            all = Arrays.copyOf(args, args.length + 2);
            all[args.length] = "--library";
            all[args.length + 1] = library;
        }
        int code = Javigate.run(all);
        System.out.println("exit " + code);
    }

    private Path fill() throws IOException {
        Path filler = disk.resolve("filler");
        byte[] block = new byte[512];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException _) {
            return filler; // full
        }
    }

    private void mount(String options) throws IOException, InterruptedException {
        int code =
                new ProcessBuilder("mount", "-o", options, disk.toString())
                        .inheritIO()
                        .start()
                        .waitFor();
        if (code != 0) {
            throw new IOException("mount: exit " + code);
        }
    }
}

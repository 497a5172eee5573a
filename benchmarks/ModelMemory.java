import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javigate.checkpoint.Checkpoint;
import javigate.model.RetrievalModel;

/** What a loaded model costs before and after its first pass (Linux). See model-memory.sh. */
public final class ModelMemory {
    public static void main(String[] args) throws Exception {
        print("started");
        Checkpoint checkpoint = Checkpoint.open(Path.of(args[0]));
        long start = System.nanoTime();
        try (RetrievalModel model = checkpoint.load()) {
            double seconds = (System.nanoTime() - start) / 1e9;
            print("loaded in %.2f s".formatted(seconds));
            model.embedText("a man talks while a dog barks off screen");
            print("one text embedded");
        }
    }

    private static void print(String when) throws Exception {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long anonymous = 0;
        long privatePages = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps_rollup"))) {
            String[] words = line.trim().split("\\s+");
            if (words[0].equals("Anonymous:")) {
                anonymous = Long.parseLong(words[1]);
            } else if (words[0].startsWith("Private_")) {
                privatePages += Long.parseLong(words[1]);
            }
        }
        System.out.printf(
                "%-24s Java heap %4d MB, anonymous memory %4d MB, private pages (with files') %4d MB%n",
                when, heap >> 20, anonymous >> 10, privatePages >> 10);
    }
}

package javigate.search;

import java.nio.file.Path;
import java.util.List;
import javigate.checkpoint.Checkpoint;

/** Adds a folder and prints each file as soon as it is reported; meant to be killed. */
public final class AddUntilKilled {

    private AddUntilKilled() {}

    /** Arguments: library, model, folder of videos. */
    public static void main(String[] args) throws Exception {
        try (VideoLibrary library =
                VideoLibrary.open(Path.of(args[0]), Checkpoint.open(Path.of(args[1])))) {
            library.add(
                    List.of(Path.of(args[2])),
                    outcome -> {
                        if (outcome instanceof AddReport.Indexed done) {
                            System.out.println(done.file());
                            System.out.flush();
                        }
                    });
        }
    }
}

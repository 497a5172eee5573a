package javigate.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryDirectoryTest {
    private static final int PIECE = 1 << 21;

    @TempDir Path folder;

    @Test
    void filesHoldWhatWasWrittenWhateverTheLengths() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        int file = 0;
        try (LibraryDirectory directory = new LibraryDirectory(folder)) {
            for (int length :
                    new int[] {0, 1, 8192, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 12_345}) {
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                for (String ending : new String[] {"jvd", "cfs", "other"}) {
                    String name = "_" + file++ + "." + ending;
                    try (IndexOutput output = directory.createOutput(name, IOContext.DEFAULT)) {
                        for (int at = 0; at < length; ) {
                            int some = Math.min(length - at, 1 + random.nextInt(40_000));
                            if (some == 1) {
                                output.writeByte(bytes[at]);
                            } else {
                                output.writeBytes(bytes, at, some);
                            }
                            at += some;
                        }
                        assertEquals(length, output.getFilePointer());
                    }
                    assertArrayEquals(bytes, Files.readAllBytes(folder.resolve(name)));
                    assertThrows(
                            FileAlreadyExistsException.class,
                            () -> directory.createOutput(name, IOContext.DEFAULT));
                }
            }
        }
    }
}

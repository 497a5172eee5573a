package javigate.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Ends this process at once. */
final class ProcessEnd {
    private ProcessEnd() {}

    /**
     * Ends without the exit handlers of native libraries: libtorch's crash under a computation that
     * runs, also when the JVM halts, which calls them.
     */
    static void now(int code) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> exit = linker.defaultLookup().find("_exit"); // POSIX
        if (exit.isPresent()) {
            var call =
                    linker.downcallHandle(
                            exit.get(), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
            try {
                call.invokeExact(code);
            } catch (Throwable e) {
                throw new IllegalStateException("_exit(" + code + ") failed", e);
            }
        }
        Runtime.getRuntime().halt(code);
    }
}

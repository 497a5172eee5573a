package javigate.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javigate.tensor.Engine;
import javigate.tensor.Ops;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one run, each with its share of every batch, over libtorch's gloo. Alone, a
 * process is rank 0 of 1 and exchanges nothing.
 */
public final class Ranks implements AutoCloseable {

    /**
     * While one process computes features for hours, the others wait; a dead one is seen at once.
     */
    private static final long PATIENCE_MS = 24 * 3600 * 1000L;

    private final int rank;
    private final int world;
    private final @Nullable ProcessGroupGloo group;
    private final @Nullable TCPStore store;

    private Ranks(int rank, int world, @Nullable ProcessGroupGloo group, @Nullable TCPStore store) {
        this.rank = rank;
        this.world = world;
        this.group = group;
        this.store = store;
    }

    /** One process. */
    public static Ranks alone() {
        return new Ranks(0, 1, null, null);
    }

    /**
     * Joins the processes that the usual variables describe, waiting for the others: {@code RANK}
     * and {@code WORLD_SIZE}, {@code MASTER_ADDR} and {@code MASTER_PORT} of the process with rank
     * 0. Without {@code WORLD_SIZE}, or with 1, the process is alone.
     *
     * @throws IllegalArgumentException naming the variable that is missing or wrong, or if the
     *     others cannot be reached
     */
    public static Ranks join(Map<String, String> environment) {
        int world = number(environment, "WORLD_SIZE", "1", 1, 1 << 16);
        if (world == 1) {
            return alone();
        }
        int rank = number(environment, "RANK", null, 0, world - 1);
        int port = number(environment, "MASTER_PORT", null, 1, 65535);
        String host = environment.getOrDefault("MASTER_ADDR", "");
        if (host.isBlank()) {
            throw new IllegalArgumentException(
                    "MASTER_ADDR is not set; it is the address of the process with RANK 0");
        }
        Engine.start();
        try (var _ = new PointerScope()) {
            TCPStoreOptions options =
                    new TCPStoreOptions().port((short) port).isServer(rank == 0).waitWorkers(false);
            TCPStore store = new TCPStore(host, options);
            ProcessGroupGloo.Options patient =
                    ProcessGroupGloo.Options.create_default(new Milliseconds(PATIENCE_MS));
            ProcessGroupGloo group = new ProcessGroupGloo(store, rank, world, patient);
            store.retainReference();
            group.retainReference();
            return new Ranks(rank, world, group, store);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "rank %d of %d cannot join the others at %s:%d (%s)"
                            .formatted(
                                    rank,
                                    world,
                                    host,
                                    port,
                                    String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
                    e);
        }
    }

    private static int number(
            Map<String, String> environment,
            String name,
            @Nullable String otherwise,
            int least,
            int most) {
        String text = environment.getOrDefault(name, otherwise == null ? "" : otherwise);
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException(
                "%s is '%s'; it must be a whole number from %d to %d"
                        .formatted(name, text, least, most));
    }

    /** This process, from 0. */
    public int rank() {
        return rank;
    }

    /** How many processes there are. */
    public int world() {
        return world;
    }

    /** Whether this process writes files and shows progress. */
    public boolean first() {
        return rank == 0;
    }

    /** First sample of this process's share of a batch. */
    int shareBegin(int batch) {
        return batch / world * rank;
    }

    /** End of the share. */
    int shareEnd(int batch) {
        return shareBegin(batch) + batch / world;
    }

    /** The shares of all processes, in order of rank, as one tensor without graph. */
    Tensor gather(Tensor share) {
        if (group == null) {
            return share;
        }
        Tensor own = share.contiguous();
        long[] shape = Ops.shape(own);
        shape[0] *= world;
        Tensor all = torch.zeros(shape, own.options());
        group._allgather_base(all, own)._wait();
        return all;
    }

    /** Replaces each tensor by its sum over the processes. */
    void sum(List<Tensor> tensors) {
        if (group == null || tensors.isEmpty()) {
            return;
        }
        try (var _ = new PointerScope()) {
            List<Tensor> flat = new ArrayList<>();
            tensors.forEach(tensor -> flat.add(tensor.reshape(-1)));
            Tensor joined = Ops.cat(0, flat.toArray(Tensor[]::new));
            group.allreduce(new TensorVector(joined))._wait();
            long offset = 0;
            for (Tensor tensor : tensors) {
                long size = tensor.numel();
                var _ = tensor.copy_(joined.narrow(0, offset, size).view(Ops.shape(tensor)));
                offset += size;
            }
        }
    }

    /** Waits until every process has come here. */
    public void barrier() {
        try (var _ = new PointerScope()) {
            sum(List.of(torch.zeros(1)));
        }
    }

    @Override
    public void close() {
        if (group != null && store != null) {
            group.close();
            store.close();
        }
    }
}

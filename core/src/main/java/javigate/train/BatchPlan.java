package javigate.train;

import java.util.List;

/**
 * How the samples of an epoch make batches, and a batch the shares of the processes.
 *
 * @param batch samples of a step
 * @param stepsPerEpoch whole batches; the samples left over wait for another epoch's order
 */
record BatchPlan(TrainConfig config, Ranks ranks, int batch, long stepsPerEpoch) {

    /**
     * @param samples of an epoch
     * @throws IllegalArgumentException if a batch cannot be shared evenly
     */
    static BatchPlan of(TrainConfig config, Ranks ranks, int samples) {
        int batch = Math.min(config.batchSize(), samples);
        if (batch % ranks.world() != 0) {
            throw new IllegalArgumentException(
                    "batchSize %d cannot be shared evenly by %d processes"
                            .formatted(batch, ranks.world()));
        }
        return new BatchPlan(config, ranks, batch, samples / batch);
    }

    /** Steps of all epochs. */
    long steps() {
        return stepsPerEpoch * config.epochs();
    }

    /** Steps done at a position, of all epochs. */
    long stepsDone(RunFolder.Position position) {
        return (position.epoch() - 1) * stepsPerEpoch + position.step();
    }

    /** Samples of this process's share that are embedded at a time, counted from its begin. */
    List<int[]> shareChunks() {
        int share = batch / ranks.world();
        return Trainer.chunks(share, config.chunk() > 0 ? config.chunk() : share);
    }
}

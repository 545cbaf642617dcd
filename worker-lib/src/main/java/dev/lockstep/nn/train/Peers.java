package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.param.Parameters;
import java.util.List;

/**
 * The way to the ranks of a round in other JVMs. A call returns when the arrays may change again; what is sent reaches
 * the {@link Exchange} of the other JVM, or the round fails.
 */
public interface Peers {

    /**
     * Sends gradient sums to the owner of a slice.
     *
     * @param step step within the round
     * @param rank who computed them
     * @param slice which slice they are for
     * @param nodes read
     */
    void sendGradients(long step, int rank, int slice, List<ShardTree.Partial<StepSum>> nodes);

    /**
     * Sends numbers to all other JVMs.
     *
     * @param number how often this rank has sent numbers in the round before
     */
    void sendSums(long number, int rank, double[] sums);

    /**
     * Sends the parameters of a slice after a step to all other JVMs; with the first slice go the buffers.
     *
     * @param step step within the round
     * @param slice which slice it is
     * @param parameters all of them; read
     */
    void sendParameters(long step, int slice, Parameters parameters);

    /** Nobody: all ranks are in this JVM. */
    record None() implements Peers {
        @Override
        public void sendGradients(long step, int rank, int slice, List<ShardTree.Partial<StepSum>> nodes) {
            throw new IllegalStateException("the owner of slice " + slice + " is in no JVM of the round");
        }

        @Override
        public void sendSums(long number, int rank, double[] sums) {}

        @Override
        public void sendParameters(long step, int slice, Parameters parameters) {}
    }
}

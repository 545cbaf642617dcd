package dev.lockstep.spark.bench;

import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.spark.sync.allreduce.BareRank;
import java.io.Serializable;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.Iterator$;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * What all-reduce could at best be: the same bytes over the same transport in messages of the same size, one barrier
 * stage for many steps. In each step every rank sends each other one its slice of the gradients, waits for those for
 * its own, then sends its slice of the parameters to all, and waits for theirs. What is sent is one buffer, again and
 * again; what arrives is counted and dropped.
 */
final class BareTransport implements Way {
    private static final int FIRST_STEPS = 16;

    private final RDD<Integer> ranks;
    private final int parameters;
    private double millisAStep = Double.NaN;

    BareTransport(JavaSparkContext context, int parameters, int rankCount) {
        this.ranks = context.parallelize(IntStream.range(0, rankCount).boxed().toList(), rankCount)
                .rdd();
        this.parameters = parameters;
    }

    @Override
    public Cost measure(double seconds) {
        int steps = Double.isNaN(millisAStep) ? FIRST_STEPS : (int) Math.max(1, seconds * 1e3 / millisAStep);
        Long[] nanos = (Long[]) ranks.barrier()
                .mapPartitions(new Stage(parameters, steps), false, ClassTag$.MODULE$.<Long>apply(Long.class))
                .collect();
        millisAStep = nanos[0] / 1e6 / steps;
        return new Cost(millisAStep, new StepTimes(0, 0, nanos[0]), steps);
    }

    /** What each rank does, as Spark calls it. */
    private static final class Stage extends AbstractFunction1<Iterator<Integer>, Iterator<Long>>
            implements Serializable {
        private static final long serialVersionUID = 1L;

        private final int parameters;
        private final int steps;

        Stage(int parameters, int steps) {
            this.parameters = parameters;
            this.steps = steps;
        }

        @Override
        public Iterator<Long> apply(Iterator<Integer> partition) {
            BarrierTaskContext task = BarrierTaskContext.get();
            try (BareRank rank = new BareRank(parameters, partition.next())) {
                rank.connect(task.allGather(rank.place()));
                task.barrier();
                long start = System.nanoTime();
                for (int step = 0; step < steps; step++) {
                    rank.step();
                }
                long nanos = System.nanoTime() - start;
                // Nobody hangs up while another still reads.
                task.barrier();
                return Iterator$.MODULE$.single(nanos);
            }
        }
    }
}

package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The fastest that one thread of this machine can multiply and add: what the speed of a kernel is measured against. */
public final class FmaPeak {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int CHAINS = 12;
    private static final int STEPS = 100_000;

    private FmaPeak() {}

    /** Floating-point operations of a {@link #run}: two a lane, chain and step. */
    public static long operations() {
        return 2L * F.length() * CHAINS * STEPS;
    }

    /**
     * Runs independent chains of fused multiply-adds that touch no memory, enough of them to hide the latency of each.
     *
     * @return a number that depends on all of them, so that none can be left out
     */
    public static float run() {
        FloatVector x = FloatVector.broadcast(F, 0.5f);
        FloatVector y = FloatVector.broadcast(F, 1f);
        FloatVector p0 = x;
        FloatVector p1 = x;
        FloatVector p2 = x;
        FloatVector p3 = x;
        FloatVector p4 = x;
        FloatVector p5 = x;
        FloatVector p6 = x;
        FloatVector p7 = x;
        FloatVector p8 = x;
        FloatVector p9 = x;
        FloatVector p10 = x;
        FloatVector p11 = x;
        for (int i = 0; i < STEPS; i++) {
            p0 = x.fma(y, p0);
            p1 = x.fma(y, p1);
            p2 = x.fma(y, p2);
            p3 = x.fma(y, p3);
            p4 = x.fma(y, p4);
            p5 = x.fma(y, p5);
            p6 = x.fma(y, p6);
            p7 = x.fma(y, p7);
            p8 = x.fma(y, p8);
            p9 = x.fma(y, p9);
            p10 = x.fma(y, p10);
            p11 = x.fma(y, p11);
        }
        FloatVector left = p0.add(p1).add(p2).add(p3).add(p4).add(p5);
        FloatVector right = p6.add(p7).add(p8).add(p9).add(p10).add(p11);
        return left.add(right).lane(0);
    }
}

package dev.lockstep.nn.layer;

/** The common part of layers that end in an activation, {@code y = f(z)}. */
public sealed interface Activated
        permits Dense, Conv1d, Conv2d, BatchNorm, Variational, VariationalDense, VariationalConv2d {

    /** {@code f}. */
    Activation activation();

    /** The same layer with another activation. */
    LayerSpec withActivation(Activation other);
}

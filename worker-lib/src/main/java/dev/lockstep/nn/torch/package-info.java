/**
 * Tensors of PyTorch as models of Lockstep. What belongs here: which tensors of a module make which layer, and how they
 * lie. What does not: reading safetensors files ({@code nn.io}), and PyTorch's pickled files, which are programs.
 */
@NullMarked
package dev.lockstep.nn.torch;

import org.jspecify.annotations.NullMarked;

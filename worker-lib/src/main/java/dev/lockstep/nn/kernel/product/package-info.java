/**
 * The twins of {@link dev.lockstep.nn.kernel.Gemm} and {@link dev.lockstep.nn.kernel.Convolution}, from the outside in:
 * a product is cut into blocks, strips of the left operand and panels of the right one; their tiles are held in
 * registers, where each element is one unbroken chain of fused multiply-adds. The innermost tiles are generated.
 *
 * <p>Callers use the interfaces; nothing here is named outside {@code kernel}.
 */
@NullMarked
package dev.lockstep.nn.kernel.product;

import org.jspecify.annotations.NullMarked;

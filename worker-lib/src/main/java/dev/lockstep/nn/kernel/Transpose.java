package dev.lockstep.nn.kernel;

/** How a matrix argument is stored. */
public enum Transpose {
    /** As it enters the product. */
    NO,
    /** Transposed: element (i, j) of the operand is at row j, column i of the array. */
    YES
}

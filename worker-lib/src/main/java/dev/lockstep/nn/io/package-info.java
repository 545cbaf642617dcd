/**
 * Files of models and checkpoints: safetensors, their manifests, and reading them back with every length and digest
 * checked.
 *
 * <p>Which file system they lie on is not known here; {@link FileDirectory} is what a file system has to offer.
 */
@NullMarked
package dev.lockstep.nn.io;

import org.jspecify.annotations.NullMarked;

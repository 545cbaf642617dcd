/**
 * Text files: their lines and characters in any encoding, and how a line is divided into fields and numbers. What the
 * fields mean does not belong here; of the package above, only its exceptions are known.
 */
@NullMarked
package dev.lockstep.spark.ingest.text;

import org.jspecify.annotations.NullMarked;

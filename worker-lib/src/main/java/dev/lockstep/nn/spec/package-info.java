/**
 * Settings as records: what YAML or JSON says becomes a record, and a record becomes a tree again. Errors name the
 * place, what was expected and the nearest known name.
 *
 * <p>No setting of any layer, loss or job is named here.
 */
@NullMarked
package dev.lockstep.nn.spec;

import org.jspecify.annotations.NullMarked;

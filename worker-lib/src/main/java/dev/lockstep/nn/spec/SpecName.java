package dev.lockstep.nn.spec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name by which a record is written in job files and model files where one of several alternatives may stand: a
 * layer, a loss, an optimiser, a schedule. With {@code @SpecName("dense")} on {@code record Dense(int units, ...)} one
 * writes {@code dense: {units: 512}}; if every component has a default the bare name does ({@code relu}), and a single
 * value stands for the first component ({@code dropout: 0.2}). See {@link SpecMapper} for the whole convention.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface SpecName {
    /** The name, in the field's terms and in lower camel case. */
    String value();
}

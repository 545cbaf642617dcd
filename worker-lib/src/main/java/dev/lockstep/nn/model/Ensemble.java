package dev.lockstep.nn.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Several networks whose predictions are mixed.
 *
 * <p>Those of a deep ensemble (Lakshminarayanan et al. 2017) are trained side by side, each from initial weights and
 * with random streams of its own. Those that share their weights (Wen et al. 2020; Gorishniy et al. 2024) differ in
 * what their dense layers multiply: each step, a row trains one of them, see
 * {@link dev.lockstep.nn.layer.AdaptedLayer}.
 *
 * @param members how many; 1 unless given
 * @param shared whether they share their weights; not unless given
 */
public record Ensemble(Integer members, Boolean shared) implements Serializable {
    private static final int MOST = 1000;
    private static final int LEAST_SHARED = 2;

    /** Applies the defaults and checks. */
    public Ensemble {
        members = members == null ? 1 : Expect.atLeast("members", members, 1);
        if (members > MOST) {
            throw Expect.failure("members", "at most " + MOST, members);
        }
        shared = shared != null && shared;
        if (shared) {
            Expect.atLeast("members", members, LEAST_SHARED);
        }
    }

    /** Networks with weights of their own. */
    @JsonCreator
    public static Ensemble of(int members) {
        return new Ensemble(members, false);
    }

    /** As a job file has it: one number where nothing is shared. */
    @JsonValue
    public Object written() {
        if (!shared) {
            return members;
        }
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("members", members);
        written.put("shared", true);
        return written;
    }
}

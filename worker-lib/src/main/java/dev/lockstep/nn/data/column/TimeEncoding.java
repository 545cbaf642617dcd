package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of times: part by part, see {@link TimePart}.
 *
 * @param spec what the job wanted
 * @param shift what is subtracted from each part that does not come round
 * @param divide what it is then divided by
 * @param constant whether the training rows all have the same time
 */
@SpecName("time")
public record TimeEncoding(
        @JsonProperty(required = true) Time spec,
        @JsonProperty(required = true) List<Double> shift,
        @JsonProperty(required = true) List<Double> divide,
        Boolean constant)
        implements ColumnEncoding {
    public TimeEncoding {
        Expect.present("spec", spec);
        shift = List.copyOf(Expect.present("shift", shift));
        divide = List.copyOf(Expect.present("divide", divide));
        if (shift.size() != spec.parts().size() || divide.size() != shift.size()) {
            throw new IllegalArgumentException("shift: expected a number for each of " + spec.parts());
        }
        constant = constant != null && constant;
    }

    private boolean indicates() {
        return spec.missing() == MissingTime.INDICATOR;
    }

    private int values() {
        return spec.parts().stream().mapToInt(TimePart::width).sum();
    }

    @Override
    public int width() {
        return values() + (indicates() ? 1 : 0);
    }

    @Override
    public String text(float[] features, int at) {
        if (indicates() && features[at + values()] == 1) {
            return CellText.MISSING;
        }
        List<String> texts = new ArrayList<>();
        int next = at;
        for (int i = 0; i < spec.parts().size(); i++) {
            TimePart part = spec.parts().get(i);
            texts.add(
                    part.isCyclic()
                            ? part.text(features[next], features[next + 1])
                            : part.text(features[next] * divide.get(i) + shift.get(i)));
            next += part.width();
        }
        return String.join(", ", texts);
    }

    @Override
    public boolean isConstant() {
        return constant;
    }

    @Override
    public CellEncoder encoder() {
        return this::encode;
    }

    private void encode(@Nullable Object cell, float[] out, int at) throws CellException {
        if (cell == null && !indicates()) {
            throw ColumnSpec.missing("a time");
        }
        int end = at + values();
        if (cell == null) {
            Arrays.fill(out, at, end, 0f);
        } else {
            encode((LocalDateTime) cell, out, at);
        }
        if (indicates()) {
            out[end] = cell == null ? 1 : 0;
        }
    }

    private void encode(LocalDateTime time, float[] out, int at) throws CellException {
        int to = at;
        for (int i = 0; i < spec.parts().size(); i++) {
            TimePart part = spec.parts().get(i);
            double value = part.of(time);
            if (part.isCyclic()) {
                double angle = 2 * Math.PI * value / part.period();
                out[to] = (float) StrictMath.sin(angle) + 0f;
                out[to + 1] = (float) StrictMath.cos(angle) + 0f;
            } else {
                out[to] = CellEncoder.rounded((value - shift.get(i)) / divide.get(i), value);
            }
            to += part.width();
        }
    }
}

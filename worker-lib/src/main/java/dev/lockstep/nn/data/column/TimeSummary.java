package dev.lockstep.nn.data.column;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is measured of a column of times: the parts that do not come round. */
final class TimeSummary extends ColumnSummary {
    private static final long serialVersionUID = 1L;

    private final Time spec;
    /** Of each part. */
    private final ExactMoments[] moments;

    private long missing;
    private @Nullable LocalDateTime first;
    private boolean differs;

    TimeSummary(Time spec) {
        this.spec = spec;
        moments = new ExactMoments[spec.parts().size()];
        for (int i = 0; i < moments.length; i++) {
            moments[i] = new ExactMoments();
        }
    }

    @Override
    public void add(@Nullable Object cell) throws CellException {
        if (cell == null) {
            if (spec.missing() == MissingTime.ERROR) {
                throw ColumnSpec.missing("a time");
            }
            missing++;
            return;
        }
        LocalDateTime time = (LocalDateTime) cell;
        see(time);
        for (int i = 0; i < moments.length; i++) {
            if (!spec.parts().get(i).isCyclic()) {
                moments[i].add(spec.parts().get(i).of(time));
            }
        }
    }

    private void see(LocalDateTime time) {
        if (first == null) {
            first = time;
        }
        differs |= !time.equals(first);
    }

    @Override
    public ColumnSummary merge(ColumnSummary other) {
        TimeSummary right = (TimeSummary) other;
        missing = Math.addExact(missing, right.missing);
        if (right.first != null) {
            see(right.first);
        }
        differs |= right.differs;
        for (int i = 0; i < moments.length; i++) {
            moments[i].merge(right.moments[i]);
        }
        return this;
    }

    @Override
    public ColumnEncoding encoding() {
        if (first == null) {
            throw new IllegalArgumentException("no training row has a time; leave the column out");
        }
        List<Double> shift = new ArrayList<>();
        List<Double> divide = new ArrayList<>();
        for (int i = 0; i < moments.length; i++) {
            boolean cyclic = spec.parts().get(i).isCyclic();
            double deviation = cyclic ? 0 : Math.sqrt(moments[i].variance());
            shift.add(cyclic ? 0 : moments[i].mean());
            divide.add(deviation > 0 ? deviation : 1);
        }
        return new TimeEncoding(spec, shift, divide, !differs && missing == 0);
    }
}

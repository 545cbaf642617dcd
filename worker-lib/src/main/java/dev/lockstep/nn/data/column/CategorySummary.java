package dev.lockstep.nn.data.column;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is measured of a column of categories: how often each name occurs. */
final class CategorySummary extends ColumnSummary {
    private static final long serialVersionUID = 1L;

    private final Categorical settings;
    private final NameCounts names = new NameCounts();
    private boolean missing;

    CategorySummary(Categorical settings) {
        this.settings = settings;
    }

    @Override
    public void add(@Nullable Object cell) throws CellException {
        if (cell == null) {
            if (settings.missing() == MissingCategory.ERROR) {
                throw ColumnSpec.missing("a name");
            }
            missing = true;
        } else if (settings.hash() == null) {
            names.add((String) cell);
            names.check();
        }
    }

    @Override
    public ColumnSummary merge(ColumnSummary other) {
        CategorySummary right = (CategorySummary) other;
        names.merge(right.names);
        names.check();
        missing |= right.missing;
        return this;
    }

    @Override
    public ColumnEncoding encoding() {
        List<String> values = names.mostFrequent(settings.most(), settings.least());
        boolean others = values.size() < names.distinct();
        int categories =
                (settings.hash() == null ? values.size() : settings.hash()) + (others ? 1 : 0) + (missing ? 1 : 0);
        if (categories == 0) {
            throw new IllegalArgumentException("no training row has a category; leave the column out");
        }
        Integer units = null;
        if (settings instanceof Category category) {
            units = category.units() == null ? Integer.valueOf(units(categories)) : category.units();
        }
        return new CategoryEncoding(settings, settings.hash() == null ? values : null, others, missing, units);
    }

    /** The rule of the library fastai, which was found by trial. */
    static int units(int categories) {
        return (int) Math.min(600, Math.rint(1.6 * StrictMath.pow(categories, 0.56)));
    }
}

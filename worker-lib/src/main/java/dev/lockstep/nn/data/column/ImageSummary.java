package dev.lockstep.nn.data.column;

import org.jspecify.annotations.Nullable;

/** Of images nothing is measured: what a feature is follows from the job alone. */
final class ImageSummary extends ColumnSummary {
    private static final long serialVersionUID = 1L;

    private final Image spec;

    ImageSummary(Image spec) {
        this.spec = spec;
    }

    @Override
    public void add(@Nullable Object cell) throws CellException {
        if (cell == null && spec.missing() == MissingImage.ERROR) {
            throw ColumnSpec.missing("an image");
        }
    }

    @Override
    public ColumnSummary merge(ColumnSummary other) {
        return this;
    }

    @Override
    public ColumnEncoding encoding() {
        return new ImageEncoding(spec);
    }
}

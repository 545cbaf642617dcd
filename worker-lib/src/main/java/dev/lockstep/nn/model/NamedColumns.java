package dev.lockstep.nn.model;

import dev.lockstep.nn.data.column.ColumnEncoding;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.layer.Columns;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.spec.Nearest;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the features of columns lie that layers read by their names: behind the vectors of categories. */
final class NamedColumns {
    private final Map<String, Columns.Part> parts = new LinkedHashMap<>();
    private final Map<String, Shape> shapes = new LinkedHashMap<>();
    private final int features;

    NamedColumns(RowEncoding encoding) {
        int at = 0;
        for (RowEncoding.Column column : encoding.columns()) {
            ColumnEncoding cells = column.encoding();
            int size = cells.embedded() > 0 ? cells.units() : cells.width();
            if (size > 0) {
                parts.put(column.name(), new Columns.Part(at, size));
            }
            if (cells.shape() != null) {
                shapes.put(column.name(), cells.shape());
            }
            at = Math.addExact(at, size);
        }
        features = at;
    }

    /**
     * The layers, of which those that read columns know where these are.
     *
     * @throws IllegalArgumentException if a layer names a column that there is not
     */
    List<LayerSpec> located(List<LayerSpec> layers) {
        return layers.stream().map(this::located).toList();
    }

    private LayerSpec located(LayerSpec layer) {
        if (layer instanceof Columns columns && columns.parts() == null) {
            return located(columns);
        }
        if (layer instanceof Concat concat) {
            return new Concat(concat.branches().stream().map(this::located).toList());
        }
        if (layer instanceof Residual residual) {
            return new Residual(located(residual.layers()), located(residual.shortcut()));
        }
        return layer;
    }

    private Columns located(Columns columns) {
        List<Columns.Part> found = new ArrayList<>();
        for (String name : columns.names()) {
            Columns.Part part = parts.get(name);
            if (part == null) {
                throw new IllegalArgumentException("columns: no column \"" + name + "\" in data.columns; "
                        + Nearest.hint(name, List.copyOf(parts.keySet()), "columns"));
            }
            found.add(part);
        }
        @Nullable Shape shape = columns.shape();
        if (shape == null && found.size() == 1) {
            shape = shapes.get(columns.names().get(0));
        }
        return new Columns(columns.names(), features, found, shape);
    }
}

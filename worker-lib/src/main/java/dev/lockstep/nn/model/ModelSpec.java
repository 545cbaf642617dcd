package dev.lockstep.nn.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.data.column.ColumnEncoding;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.layer.ColumnEmbeddings;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.Likelihood;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The description of a network without its input and its numbers: the {@code model} of a job file.
 *
 * @param layers the layers in order
 * @param loss what training minimises
 * @param l1 see {@link Regularization}; null: none
 * @param l2 see {@link Regularization}; null: none
 * @param maxNorm see {@link Regularization}; null: none
 * @param ensemble how many networks of these layers are trained, and whether they share their weights; null: one
 */
public record ModelSpec(
        @JsonProperty(required = true) List<LayerSpec> layers,
        @JsonProperty(required = true) Loss loss,
        Double l1,
        Double l2,
        Double maxNorm,
        @Nullable Ensemble ensemble)
        implements Serializable {
    public ModelSpec {
        layers = Expect.notEmpty("layers", layers);
        Expect.present("loss", loss);
        if (l1 != null) {
            Expect.notNegativeFloat("l1", l1);
        }
        if (l2 != null) {
            Expect.notNegativeFloat("l2", l2);
        }
        if (maxNorm != null) {
            Expect.positive("maxNorm", maxNorm);
        }
    }

    /** A network without regularisation. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public ModelSpec(List<LayerSpec> layers, Loss loss) {
        this(layers, loss, null, null, null, null);
    }

    /** Networks side by side, each with weights of its own. */
    public ModelSpec(List<LayerSpec> layers, Loss loss, Double l1, Double l2, Double maxNorm, int ensemble) {
        this(layers, loss, l1, l2, maxNorm, Ensemble.of(ensemble));
    }

    /**
     * The same network for rows that are encoded so: where columns have categories with vectors, these come first, and
     * layers that read columns by their names know where they are.
     *
     * @throws IllegalArgumentException if a layer names a column that there is not
     */
    @SuppressWarnings("NullAway") // settings that are absent stay so
    public ModelSpec over(@Nullable RowEncoding encoding) {
        List<ColumnEmbeddings.Column> embedded = new ArrayList<>();
        int at = 0;
        for (RowEncoding.Column column : encoding == null ? List.<RowEncoding.Column>of() : encoding.columns()) {
            ColumnEncoding cells = column.encoding();
            if (cells.embedded() > 0) {
                embedded.add(new ColumnEmbeddings.Column(at, cells.embedded(), cells.units()));
            }
            at += cells.width();
        }
        List<LayerSpec> all = new ArrayList<>(encoding == null ? layers : new NamedColumns(encoding).located(layers));
        if (embedded.isEmpty() && all.equals(layers)) {
            return this;
        }
        if (!embedded.isEmpty()) {
            all.add(0, new ColumnEmbeddings(embedded));
        }
        return new ModelSpec(all, loss, l1, l2, maxNorm, ensemble);
    }

    /** The same network with another loss. */
    @SuppressWarnings("NullAway") // settings that are absent stay so
    public ModelSpec with(Loss other) {
        return new ModelSpec(layers, other, l1, l2, maxNorm, ensemble);
    }

    /** What the outputs mean. */
    public Likelihood likelihood() {
        return loss.likelihood();
    }

    /** How many networks there are. */
    public int members() {
        return ensemble == null ? 1 : ensemble.members();
    }

    /** By how many networks weights are shared; 1: by none. */
    int sharedBy() {
        return ensemble != null && ensemble.shared() ? ensemble.members() : 1;
    }

    /** The same networks, each with weights of its own. */
    ModelSpec unshared() {
        return sharedBy() == 1 ? this : new ModelSpec(layers, loss, l1, l2, maxNorm, Ensemble.of(members()));
    }

    /** The penalties and the bound on weights. */
    public Regularization regularization() {
        return new Regularization(l1 == null ? 0 : l1, l2 == null ? 0 : l2, maxNorm == null ? 0 : maxNorm);
    }
}

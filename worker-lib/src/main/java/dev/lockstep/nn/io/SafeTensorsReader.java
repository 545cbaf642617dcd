package dev.lockstep.nn.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.spec.JsonTree;
import dev.lockstep.nn.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a safetensors file that may come from anywhere: every number of the header is checked against the file's length
 * before memory is allocated for it. Lockstep's own files have tensors of floats alone; other programs write other
 * types too ({@link #ofAnyType}).
 */
public final class SafeTensorsReader {
    /** The format's own limit. */
    private static final long MAX_HEADER = 100_000_000;

    private static final int PIECE = 1 << 14;

    private static final Set<String> ENTRY_KEYS = new TreeSet<>(Set.of("dtype", "shape", "data_offsets"));

    private final InputStream in;
    private final String place;
    private final boolean floatsOnly;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();

    /** One tensor of the header: bytes {@code begin} to {@code end - 1} of the data. */
    private record Entry(String name, ElementType type, Shape shape, long begin, long end) {}

    /** Takes a tensor's numbers. */
    @FunctionalInterface
    public interface Taker {
        /** Takes the numbers of a tensor, row-major. */
        void take(String name, float[] values);
    }

    /**
     * Reads and checks the header.
     *
     * @param in at the beginning of the file; read on by {@link #read}, closed by the caller
     * @param length of the whole file in bytes
     * @param place the file, for messages
     * @throws ModelException if the header is not that of a complete file of float tensors
     */
    public SafeTensorsReader(InputStream in, long length, String place) throws IOException {
        this(in, length, place, true);
    }

    private SafeTensorsReader(InputStream in, long length, String place, boolean floatsOnly) throws IOException {
        this.in = in;
        this.place = place;
        this.floatsOnly = floatsOnly;
        if (length < SafeTensors.PREFIX) {
            throw broken("expected at least 8 bytes, the file has " + length);
        }
        byte[] prefix = in.readNBytes(SafeTensors.PREFIX);
        if (prefix.length < SafeTensors.PREFIX) {
            throw broken("the file ends after " + prefix.length + " of the first 8 bytes");
        }
        long headerLength =
                ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (headerLength < 2 || headerLength > MAX_HEADER) {
            throw broken(
                    "expected a header of 2 to " + MAX_HEADER + " bytes, got " + Long.toUnsignedString(headerLength));
        }
        long dataLength = length - SafeTensors.PREFIX - headerLength;
        if (dataLength < 0) {
            throw broken("the header says that it has " + headerLength + " bytes, the file has " + length);
        }
        byte[] header = in.readNBytes((int) headerLength);
        if (header.length < headerLength) {
            throw broken("the file ends after " + header.length + " of the header's " + headerLength + " bytes");
        }
        parse(header);
        checkPlaces(dataLength);
    }

    /**
     * Reads and checks the header of another program's file, whose tensors may be of other types than float.
     *
     * @param in at the beginning of the file; read on by {@link #read(Set, Taker)}, closed by the caller
     * @param length of the whole file in bytes
     * @param place the file, for messages
     * @throws ModelException if the header is not that of a complete file
     */
    public static SafeTensorsReader ofAnyType(InputStream in, long length, String place) throws IOException {
        return new SafeTensorsReader(in, length, place, false);
    }

    /** The file's free text. */
    public Map<String, String> metadata() {
        return Map.copyOf(metadata);
    }

    /** Name to shape, in the order in which the tensors lie in the file. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        entries.forEach(entry -> shapes.put(entry.name, entry.shape));
        return shapes;
    }

    /**
     * Checks that the file has these tensors and no others.
     *
     * @param wanted name to shape
     * @throws ModelException naming a tensor that is missing, unknown or of another shape
     */
    public void require(Map<String, Shape> wanted) {
        Map<String, Shape> missing = new LinkedHashMap<>(wanted);
        for (Entry entry : entries) {
            Shape shape = missing.remove(entry.name);
            if (shape == null) {
                throw broken("tensor \"" + entry.name + "\" of shape " + entry.shape + " is not part of the network");
            }
            if (!shape.equals(entry.shape)) {
                throw broken("tensor \"" + entry.name + "\": the network expects " + shape + ", the file has "
                        + entry.shape);
            }
        }
        if (!missing.isEmpty()) {
            Map.Entry<String, Shape> first = missing.entrySet().iterator().next();
            throw broken("tensor \"" + first.getKey() + "\" of shape " + first.getValue() + " is missing");
        }
    }

    /**
     * Reads all tensors. May be called once.
     *
     * @param targets where each tensor of the file belongs; overwritten
     * @throws ModelException if the file has other tensors than these, or other shapes
     */
    public void read(List<NamedTensor> targets) throws IOException {
        Map<String, NamedTensor> byName = new LinkedHashMap<>();
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (NamedTensor target : targets) {
            byName.put(target.name(), target);
            shapes.put(target.name(), target.shape());
        }
        require(shapes);
        for (Entry entry : entries) {
            NamedTensor target = Objects.requireNonNull(byName.get(entry.name), entry.name);
            LittleEndian.read(
                    in, target.array(), target.offset(), target.shape().size());
        }
    }

    /**
     * Reads some of the tensors, in the order of the file; numbers of 64 bits are rounded. May be called once.
     *
     * @param names of tensors of the file
     * @param taker takes the numbers of each
     * @throws ModelException if one of them is not of floating-point numbers, or the file ends early
     */
    public void read(Set<String> names, Taker taker) throws IOException {
        for (Entry entry : entries) {
            if (names.contains(entry.name) && !entry.type.isFloat()) {
                throw broken("tensor \"" + entry.name + "\": expected floating-point numbers, got " + entry.type);
            }
        }
        for (Entry entry : entries) {
            if (names.contains(entry.name)) {
                taker.take(entry.name, numbers(entry));
            } else {
                in.skipNBytes(entry.end - entry.begin);
            }
        }
    }

    private float[] numbers(Entry entry) throws IOException {
        float[] values = new float[entry.shape.size()];
        ByteBuffer piece = ByteBuffer.allocate(entry.type.bytes() * Math.min(values.length, PIECE))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < values.length; done += PIECE) {
            int count = Math.min(PIECE, values.length - done);
            int bytes = count * entry.type.bytes();
            if (in.readNBytes(piece.array(), 0, bytes) < bytes) {
                throw broken("the file ends inside tensor \"" + entry.name + "\"");
            }
            entry.type.read(piece.clear(), values, done, count);
        }
        return values;
    }

    private void parse(byte[] header) throws IOException {
        if (header[0] != '{') {
            throw broken("expected the header to begin with '{', got byte " + (header[0] & 0xff));
        }
        JsonNode root;
        try {
            // A parser of bytes would guess the encoding.
            root = JsonTree.read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new ModelException(place, "the header is not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw new ModelException(place, "the header is not JSON: " + e.getOriginalMessage(), e);
        }
        for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            JsonNode entry = root.get(name);
            if (name.equals(SafeTensors.METADATA)) {
                parseMetadata(entry);
            } else {
                entries.add(parseEntry(name, entry));
            }
        }
    }

    private void parseMetadata(JsonNode texts) {
        if (!texts.isObject()) {
            throw broken("expected " + SafeTensors.METADATA + " to be a map of texts, got " + texts.getNodeType());
        }
        for (Iterator<String> keys = texts.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (!texts.get(key).isTextual()) {
                throw broken("expected " + SafeTensors.METADATA + "." + key + " to be a text, got " + texts.get(key));
            }
            metadata.put(key, texts.get(key).textValue());
        }
    }

    private Entry parseEntry(String name, JsonNode entry) {
        String tensor = "tensor \"" + name + "\": ";
        Set<String> keys = new TreeSet<>();
        entry.fieldNames().forEachRemaining(keys::add);
        if (!keys.equals(ENTRY_KEYS)) {
            throw broken(tensor + "expected the keys " + ENTRY_KEYS + ", got " + keys);
        }
        ElementType type = ElementType.of(entry.get("dtype").textValue());
        if (type == null || floatsOnly && type != ElementType.F32) {
            throw broken(tensor + "expected dtype "
                    + (floatsOnly ? "\"" + SafeTensors.FLOAT + "\"" : "one of " + List.of(ElementType.values()))
                    + ", got " + entry.get("dtype"));
        }
        JsonNode dimensions = entry.get("shape");
        boolean sound = dimensions.isArray() && dimensions.size() <= 16;
        int[] shape = new int[sound ? dimensions.size() : 0];
        for (int i = 0; i < shape.length; i++) {
            sound &= dimensions.get(i).isInt() && dimensions.get(i).intValue() >= 1;
            shape[i] = dimensions.get(i).intValue();
        }
        if (!sound) {
            throw broken(tensor + "expected a shape of at most 16 whole numbers of at least 1, got " + dimensions);
        }
        JsonNode offsets = entry.get("data_offsets");
        if (!offsets.isArray()
                || offsets.size() != 2
                || !offsets.get(0).isIntegralNumber()
                || !offsets.get(1).isIntegralNumber()
                || !offsets.get(0).canConvertToLong()
                || !offsets.get(1).canConvertToLong()
                || offsets.get(0).longValue() < 0
                || offsets.get(0).longValue() > offsets.get(1).longValue()) {
            throw broken(tensor + "expected data_offsets [begin, end] with 0 <= begin <= end, got " + offsets);
        }
        try {
            return new Entry(
                    name,
                    type,
                    Shape.of(shape),
                    offsets.get(0).longValue(),
                    offsets.get(1).longValue());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ModelException(place, tensor + "too large: " + dimensions, e);
        }
    }

    /** The tensors fill the data without gaps or overlaps. */
    private void checkPlaces(long dataLength) {
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long next = 0;
        for (Entry entry : entries) {
            String tensor = "tensor \"" + entry.name + "\": ";
            long size = (long) entry.type.bytes() * entry.shape.size();
            if (entry.end - entry.begin != size) {
                throw broken(tensor + "shape " + entry.shape + " takes " + size + " bytes, data_offsets say "
                        + (entry.end - entry.begin));
            }
            if (entry.begin != next) {
                throw broken(tensor + "expected to begin at byte " + next + " of the data, got " + entry.begin
                        + (entry.begin < next ? " (overlap)" : " (gap)"));
            }
            next = entry.end;
        }
        if (next != dataLength) {
            throw broken("the tensors take " + next + " bytes, the file has " + dataLength + " after the header");
        }
    }

    private ModelException broken(String detail) {
        return new ModelException(place, detail);
    }
}

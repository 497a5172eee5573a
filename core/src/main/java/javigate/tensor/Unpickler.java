package javigate.tensor;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads the pickles inside PyTorch's weight files, and nothing else: tensors, storages, ordered
 * dictionaries, numbers, texts, lists, and the attributes of a TorchScript module. No class is
 * looked up, nothing is called: a name the table below does not know is refused by name.
 *
 * <p>Values come out as {@link Long}, {@link java.math.BigInteger}, {@link Double}, {@link
 * Boolean}, {@link String}, {@link None}, {@link List} (lists and tuples), {@link Map}
 * (dictionaries), {@link StoragePart}, {@link TensorPart} and {@link Attributes}. Opcodes:
 * CPython's pickletools, protocol 2 to 4.
 */
final class Unpickler {

    /** Python's None. */
    enum None {
        NONE
    }

    /** A storage named by the pickle; its bytes lie elsewhere in the file. */
    record StoragePart(String type, String key, long count) {}

    /** A view of a storage; offset, shape and strides in values, not checked yet. */
    record TensorPart(StoragePart storage, long offset, long[] shape, long[] strides) {}

    /** A TorchScript object's attributes. */
    record Attributes(Map<Object, Object> values) {}

    /**
     * Values a pickle may make, places in lists, dictionaries, the memo and among the marks
     * included: far above any checkpoint's, far below what fills the heap.
     */
    private static final int MAX_VALUES = 1_000_000;

    private final PickleBytes in;
    private final String file;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private long values;

    private Unpickler(PickleBytes in, String file) {
        this.in = in;
        this.file = file;
    }

    /**
     * Reads one pickle; the buffer stands behind it afterwards.
     *
     * @param file names the file in messages
     * @throws IOException if it is damaged or holds anything but what is listed above
     */
    static Object read(ByteBuffer in, String file) throws IOException {
        try {
            return new Unpickler(new PickleBytes(in, file), file).run();
        } catch (BufferUnderflowException | IndexOutOfBoundsException | NoSuchElementException e) {
            throw new IOException(file + ": its pickle is damaged or cut short", e);
        } catch (ClassCastException | UnsupportedOperationException e) { // a tuple as a list
            throw new IOException(
                    file + ": its pickle is damaged (a value is not of the kind its place wants)",
                    e);
        }
    }

    private Object run() throws IOException {
        while (true) {
            int opcode = in.uint8();
            if (opcode == '.') {
                return pop();
            }
            step(opcode);
        }
    }

    private void step(int opcode) throws IOException {
        switch (opcode) {
            case 0x80 -> requireProtocol(in.uint8());
            case 0x95 -> in.int64(); // FRAME: a length for readers of streams
            case '(' -> mark();
            case '0' -> pop();
            case '1' -> popToMark();
            case 'N' -> push(None.NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) in.int32());
            case 'K' -> push((long) in.uint8());
            case 'M' -> push((long) in.uint16());
            case 'G' -> push(in.float64());
            case 0x8a -> push(in.integer(in.uint8()));
            case 0x8b -> push(in.integer(in.int32()));
            case 'X' -> push(in.text(in.uint32()));
            case 0x8c -> push(in.text(in.uint8()));
            case 0x8d -> push(in.text(in.int64()));
            case ')' -> push(List.of());
            case 't' -> push(Collections.unmodifiableList(popToMark()));
            case 0x85 -> pushTuple(1);
            case 0x86 -> pushTuple(2);
            case 0x87 -> pushTuple(3);
            case ']' -> push(new ArrayList<>());
            case 'l' -> push(popToMark());
            case 'a' -> append(popLast(1));
            case 'e' -> append(popToMark());
            case '}' -> push(new LinkedHashMap<>());
            case 'd' -> pushDictionary();
            case 's' -> setItems(popLast(2));
            case 'u' -> setItems(popToMark());
            case 'q' -> remember(in.uint8());
            case 'r' -> remember(in.uint32());
            case 0x94 -> remember(memo.size());
            case 'h' -> push(remembered(in.uint8()));
            case 'j' -> push(remembered(in.uint32()));
            case 'c' -> push(known(new PickleName(in.line(), in.line())));
            case 0x93 -> pushNamedByStack();
            case 'R' -> reduce();
            case 0x81 -> newObject();
            case 'b' -> build();
            case 'Q' -> push(storage(list(pop())));
            default ->
                    throw refused(
                            "opcode 0x%02x at byte %d".formatted(opcode, in.position() - 1), "");
        }
    }

    private void requireProtocol(int protocol) throws IOException {
        if (protocol < 2 || protocol > 4) {
            throw new IOException(
                    "%s: pickle protocol %d; 2 to 4 are read, torch.save writes 2"
                            .formatted(file, protocol));
        }
    }

    private IOException refused(String what, String why) {
        return new IOException(
                ("%s: its pickle holds %s%s; only tensors, storages, ordered dictionaries and"
                                + " numbers are read, and nothing was run")
                        .formatted(file, what, why));
    }

    private void count(int more) throws IOException {
        values += more;
        if (values > MAX_VALUES) {
            throw new IOException(
                    "%s: its pickle holds more than %d values; not a checkpoint"
                            .formatted(file, MAX_VALUES));
        }
    }

    private void push(Object value) throws IOException {
        count(1);
        stack.add(value);
    }

    private void mark() throws IOException {
        count(1);
        marks.add(stack.size());
    }

    private void remember(long key) throws IOException {
        count(1);
        memo.put(key, top());
    }

    /** Below a mark nothing may be taken before the mark is. */
    private int floor() {
        return marks.isEmpty() ? 0 : marks.getLast();
    }

    private Object top() {
        if (stack.size() <= floor()) {
            throw new IndexOutOfBoundsException();
        }
        return stack.getLast();
    }

    private Object pop() {
        Object value = top();
        stack.removeLast();
        return value;
    }

    private List<Object> popLast(int count) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.addFirst(pop());
        }
        return values;
    }

    private List<Object> popToMark() {
        int mark = marks.removeLast();
        List<Object> tail = stack.subList(mark, stack.size());
        List<Object> values = new ArrayList<>(tail);
        tail.clear();
        return values;
    }

    private void pushTuple(int count) throws IOException {
        push(Collections.unmodifiableList(popLast(count)));
    }

    private void append(List<Object> tail) {
        list(top()).addAll(tail);
    }

    private void pushDictionary() throws IOException {
        List<Object> pairs = popToMark();
        push(new LinkedHashMap<>());
        setItems(pairs);
    }

    private void setItems(List<Object> pairs) throws IOException {
        count(pairs.size());
        Map<Object, Object> map = map(top());
        for (int i = 0; i < pairs.size(); i += 2) {
            Object key = pairs.get(i);
            if (!(key instanceof String || key instanceof Long || key instanceof Boolean)) {
                throw refused("a dictionary with the key " + kind(key), "");
            }
            map.put(key, pairs.get(i + 1));
        }
    }

    private Object remembered(long key) {
        Object value = memo.get(key);
        if (value == null) {
            throw new IndexOutOfBoundsException();
        }
        return value;
    }

    private void pushNamedByStack() throws IOException {
        List<Object> names = popLast(2);
        push(known(new PickleName((String) names.get(0), (String) names.get(1))));
    }

    private PickleName known(PickleName name) throws IOException {
        if (!name.isKnown()) {
            throw refused("the name " + Weights.shown(name.toString()), ", which is not read");
        }
        return name;
    }

    /** The calls of the format, each known by its name; none is a call here. */
    private void reduce() throws IOException {
        List<Object> arguments = list(pop());
        PickleName name = (PickleName) pop();
        switch (name.toString()) {
            case "collections.OrderedDict" -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                push(map);
                for (Object pair : arguments.isEmpty() ? List.of() : list(arguments.get(0))) {
                    setItems(list(pair).subList(0, 2));
                }
            }
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
                    push(
                            new TensorPart(
                                    (StoragePart) arguments.get(0),
                                    (Long) arguments.get(1),
                                    numbers(arguments.get(2)),
                                    numbers(arguments.get(3))));
            case "torch._utils._rebuild_parameter" -> push((TensorPart) arguments.get(0));
            default -> {
                if (!name.module().equals("torch.jit._pickle")) {
                    throw refused("a call of " + Weights.shown(name.toString()), "");
                }
                push(arguments.get(0));
            }
        }
    }

    private void newObject() throws IOException {
        List<Object> arguments = list(pop());
        PickleName name = (PickleName) pop();
        if (!name.module().startsWith("__torch__") || !arguments.isEmpty()) {
            throw refused("a new " + Weights.shown(name.toString()), "");
        }
        push(new Attributes(new LinkedHashMap<>()));
    }

    /** State of a TorchScript object; an ordered dictionary's (its version marks) is dropped. */
    private void build() throws IOException {
        Map<Object, Object> state = map(pop());
        count(state.size());
        switch (top()) {
            case Attributes object -> object.values().putAll(state);
            case Map<?, ?> _ -> {}
            default -> throw refused("a state for " + kind(top()), "");
        }
    }

    /** ("storage", type, key, location, count[, view]): a storage kept elsewhere in the file. */
    private StoragePart storage(List<Object> id) throws IOException {
        if (!id.get(0).equals("storage") || !(id.get(1) instanceof PickleName type)) {
            throw refused("a reference to " + kind(id.get(0)), " that is no storage");
        }
        if (id.size() > 5 && id.get(5) != None.NONE) {
            throw refused("a view of a storage", " as PyTorch wrote them before 0.4");
        }
        return new StoragePart(type.name(), (String) id.get(2), (Long) id.get(4));
    }

    private long[] numbers(Object values) throws IOException {
        List<Object> list = list(values);
        if (list.size() > DataTypes.MAX_DIMENSIONS) {
            throw refused("a tensor of %d dimensions".formatted(list.size()), "");
        }
        long[] numbers = new long[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (Long) list.get(i);
        }
        return numbers;
    }

    @SuppressWarnings("unchecked") // lists made here hold any value
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    @SuppressWarnings("unchecked") // maps made here hold any value
    private static Map<Object, Object> map(Object value) {
        return (Map<Object, Object>) value;
    }

    private static String kind(Object value) {
        return value.getClass().getSimpleName();
    }
}

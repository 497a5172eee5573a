package javigate.tensor;

/**
 * A class or function as a pickle mentions it; none is ever looked up.
 *
 * @param module Python's module
 * @param name in the module
 */
record PickleName(String module, String name) {

    /** Characters of either part: a name is put together at every call. */
    static final int LONGEST = 500;

    /** Whether it is one of the few names a weight file may mention. */
    boolean isKnown() {
        if (module.length() > LONGEST || name.length() > LONGEST) {
            return false;
        }
        return switch (module) {
            case "collections" -> name.equals("OrderedDict");
            case "torch._utils" ->
                    switch (name) {
                        case "_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_parameter" -> true;
                        default -> false;
                    };
            case "torch" -> name.matches("[A-Z][A-Za-z0-9]{1,16}Storage");
            case "torch.jit._pickle" -> name.matches("build_[a-z]{3,10}list|restore_type_tag");
            default -> module.startsWith("__torch__");
        };
    }

    @Override
    public String toString() {
        return module + "." + name;
    }
}

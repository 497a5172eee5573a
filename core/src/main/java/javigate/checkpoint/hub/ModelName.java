package javigate.checkpoint.hub;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** A model on the hub, by the hub's rules for names. */
record ModelName(String organisation, String name) {

    static final Map<String, String> PRESETS = presets();

    private static final int LONGEST = 96;
    private static final Pattern PART =
            Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?");
    private static final Pattern REVISION_PART = Pattern.compile("[A-Za-z0-9._+@=-]+");

    private static Map<String, String> presets() {
        Map<String, String> presets = new LinkedHashMap<>();
        presets.put("clip-b32", "openai/clip-vit-base-patch32");
        presets.put("clip-b16", "openai/clip-vit-base-patch16");
        presets.put("ast", "MIT/ast-finetuned-audioset-10-10-0.4593");
        return presets;
    }

    /**
     * A preset's name or {@code org/name}.
     *
     * @throws IllegalArgumentException for anything else
     */
    static ModelName parse(String text) {
        String full = PRESETS.getOrDefault(text, text);
        int slash = full.indexOf('/');
        String organisation = full.substring(0, Math.max(slash, 0));
        String name = full.substring(slash + 1);
        if (full.length() > LONGEST
                || !PART.matcher(organisation).matches()
                || !PART.matcher(name).matches()
                || full.contains("--")
                || full.contains("..")) {
            throw new IllegalArgumentException(
                    "model %s: neither a preset (%s) nor an org/name of letters, digits, . _ -"
                                    .formatted(
                                            Messages.quoted(text),
                                            String.join(", ", PRESETS.keySet()))
                            + ", at most %d characters".formatted(LONGEST));
        }
        return new ModelName(organisation, name);
    }

    /**
     * A branch, tag, pull request ({@code refs/pr/1}) or commit; it becomes the path of a file.
     *
     * @throws IllegalArgumentException where it cannot be one
     */
    static String requireRevision(String revision) {
        boolean good = revision.length() <= 200;
        for (String part : revision.split("/", -1)) {
            good &= REVISION_PART.matcher(part).matches() && !part.matches("\\.+");
            good &= !part.contains("..") && !part.startsWith("-");
        }
        if (!good) {
            throw new IllegalArgumentException(
                    "revision "
                            + Messages.quoted(revision)
                            + ": no branch, tag, refs/pr/N or commit; the usual one is main");
        }
        return revision;
    }

    /** The folder in the cache. */
    String folder() {
        return "models--" + organisation + "--" + name;
    }

    /** One part of an address: everything but unreserved characters encoded, slashes too. */
    static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%7E", "~");
    }

    @Override
    public String toString() {
        return organisation + "/" + name;
    }

    /** The name that a folder in the cache stands for; Python keeps names without a part there. */
    static String ofFolder(String folder) {
        return folder.substring("models--".length()).replace("--", "/");
    }
}

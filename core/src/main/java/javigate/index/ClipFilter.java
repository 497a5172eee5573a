package javigate.index;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Conditions that a clip must all meet to be found.
 *
 * <p>A condition is name, operator ({@code = != < <= > >=}) and value:
 *
 * <ul>
 *   <li>{@code duration>60}: length of the whole video in seconds; {@code =} within half a second
 *   <li>{@code date>=2024-05-01}: last change of the file, a day, a minute ({@code
 *       2024-05-01T18:30}) or a second in this machine's time zone
 *   <li>{@code folder=~/Videos/2024}: the video lies there or below; {@code =} and {@code !=} only
 *   <li>{@code video=~/Videos/a.mp4}: the clips of this file; {@code =} and {@code !=} only
 *   <li>{@code has-audio=true}: whether the clip has sound that can be heard by the model; digital
 *       silence is sound
 *   <li>{@code tag=holiday}, or any name of the metadata: one of its values is this one, whatever
 *       the case, or the same number ({@code 4} and {@code 4.0}). With {@code <} and so on: as
 *       numbers where both are, else as text, so that dates as {@code 2024-05-01} work; text that
 *       begins with no digit is neither above nor below a number. {@code !=}: none of its values
 *       is. {@code tags} is another name of {@code tag}
 * </ul>
 *
 * @param conditions none for all clips
 */
public record ClipFilter(List<Condition> conditions) {
    /** Accepts every clip. */
    public static final ClipFilter NONE = new ClipFilter(List.of());

    static final String DURATION = "duration";
    static final String DATE = "date";
    static final String FOLDER = "folder";
    static final String VIDEO = "video";
    static final String HAS_AUDIO = "has-audio";

    /** Names that mean something of the video itself, whatever the metadata say. */
    public static final Set<String> OWN_NAMES = Set.of(DURATION, DATE, FOLDER, VIDEO, HAS_AUDIO);

    /** Most conditions that people write: each is some of the 1,024 clauses of a query. */
    public static final int MAX_CONDITIONS = 100;

    private static final Pattern CONDITION =
            Pattern.compile("([^=!<>]+)(!=|<=|>=|=|<|>)([^=<>].*)");

    /** How a value is compared. */
    public enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        BELOW("<"),
        AT_MOST("<="),
        ABOVE(">"),
        AT_LEAST(">=");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        private static Operator of(String sign) {
            for (Operator operator : values()) {
                if (operator.sign.equals(sign)) {
                    return operator;
                }
            }
            throw new AssertionError(sign);
        }
    }

    /**
     * One condition; see {@link ClipFilter}.
     *
     * @param name of what is compared, lower case
     * @param value as written
     */
    public record Condition(String name, Operator operator, String value) {
        /**
         * Checks that name and value go together.
         *
         * @throws IllegalArgumentException saying what would
         */
        public Condition {
            Description.requireName(name);
            boolean equality = operator == Operator.EQUAL || operator == Operator.NOT_EQUAL;
            if (Set.of(FOLDER, VIDEO, HAS_AUDIO).contains(name) && !equality) {
                throw new IllegalArgumentException(
                        "filter %s%s%s: %s knows = and != only"
                                .formatted(name, operator.sign, value, name));
            }
            if (name.equals(HAS_AUDIO) && !value.equals("true") && !value.equals("false")) {
                throw new IllegalArgumentException(
                        "filter has-audio=%s: true or false is needed".formatted(value));
            }
            if (name.equals(DURATION)) {
                seconds(value);
            }
            if (name.equals(DATE)) {
                Span.parse(value);
            }
        }

        private static double seconds(String value) {
            double seconds = FilterQuery.number(value).orElse(Double.NaN);
            if (seconds >= 0 && seconds < 1e9) {
                return seconds;
            }
            throw new IllegalArgumentException(
                    "filter duration: \"%s\" is no number of seconds".formatted(value));
        }

        /** What {@link #value} means as a time or length, in milliseconds. */
        Span span() {
            if (name.equals(DATE)) {
                return Span.parse(value);
            }
            double ms = wholeOrAsIs(1000 * seconds(value));
            // Equal is within half a second; above and below are of the number itself.
            return operator == Operator.EQUAL || operator == Operator.NOT_EQUAL
                    ? new Span(Math.round(ms - 500), Math.round(ms + 500))
                    : new Span((long) Math.ceil(ms), (long) Math.floor(ms) + 1);
        }

        /** A thousandth of a second that a double cannot hold is meant as it is written. */
        private static double wholeOrAsIs(double ms) {
            double whole = Math.rint(ms);
            return Math.abs(ms - whole) <= 2 * Math.ulp(whole) ? whole : ms;
        }

        private boolean isOfPath() {
            return name.equals(FOLDER) || name.equals(VIDEO);
        }

        /** The folder or file meant, absolute, without a separator at its end. */
        String path() {
            String home = System.getProperty("user.home");
            String named =
                    value.equals("~") || value.startsWith("~/") ? home + value.substring(1) : value;
            return AbsolutePath.of(Path.of(named)).toString();
        }
    }

    /** From a millisecond to before another. */
    record Span(long fromMs, long toMs) {
        private static Span parse(String value) {
            ZoneId zone = ZoneId.systemDefault();
            try {
                if (value.endsWith("Z")) {
                    long ms = Instant.parse(value).toEpochMilli();
                    return new Span(ms, ms + 1);
                }
                if (value.contains("T")) {
                    LocalDateTime time = LocalDateTime.parse(value);
                    boolean minute = time.truncatedTo(ChronoUnit.MINUTES).equals(time);
                    long ms = time.atZone(zone).toInstant().toEpochMilli();
                    return new Span(ms, ms + (minute ? 60_000 : 1_000));
                }
                LocalDate day = LocalDate.parse(value);
                return new Span(
                        day.atStartOfDay(zone).toInstant().toEpochMilli(),
                        day.plusDays(1).atStartOfDay(zone).toInstant().toEpochMilli());
            } catch (DateTimeException | ArithmeticException e) {
                throw new IllegalArgumentException(
                        "filter date: \"%s\" is no day (2024-05-31), minute (2024-05-31T18:30) or second"
                                .formatted(value),
                        e);
            }
        }
    }

    /** Copies the list. */
    public ClipFilter {
        conditions = List.copyOf(conditions);
    }

    /** The same, and clips of any other video than this one. */
    public ClipFilter exceptVideo(String path) {
        return and(new Condition(VIDEO, Operator.NOT_EQUAL, path));
    }

    ClipFilter and(Condition condition) {
        List<Condition> all = new ArrayList<>(conditions);
        all.add(condition);
        return new ClipFilter(all);
    }

    /** Whether a condition is about the path of a video, which not everybody should learn. */
    public boolean asksWhereVideosLie() {
        return conditions.stream().anyMatch(Condition::isOfPath);
    }

    /** Whether clips of every library format have what it asks for. */
    boolean suitsOldClips() {
        return conditions.stream().allMatch(Condition::isOfPath);
    }

    /**
     * Reads conditions as people write them.
     *
     * @param conditions at most {@value #MAX_CONDITIONS}
     * @throws IllegalArgumentException quoting the one that is none, or if they are too many
     */
    public static ClipFilter parse(List<String> conditions) {
        if (conditions.size() > MAX_CONDITIONS) {
            throw new IllegalArgumentException(
                    "%d filter conditions; at most %d are allowed"
                            .formatted(conditions.size(), MAX_CONDITIONS));
        }
        return new ClipFilter(conditions.stream().map(ClipFilter::parse).toList());
    }

    private static Condition parse(String condition) {
        Matcher parts = CONDITION.matcher(condition.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "filter \"%s\": name, = != < <= > or >=, and value are needed, like duration>60 or tag=holiday"
                            .formatted(condition));
        }
        String name = parts.group(1).strip().toLowerCase(Locale.ROOT);
        return new Condition(
                name.equals("tags") ? "tag" : name,
                Operator.of(parts.group(2)),
                parts.group(3).strip());
    }
}

package javigate.cli;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import javigate.eval.RelevanceFigures;
import javigate.eval.RelevanceFigures.FalseAlarms;
import javigate.eval.Reliability;

/** Prints what a relevance is worth. */
final class CalibratePrinter {

    private CalibratePrinter() {}

    static void print(String split, List<RelevanceFigures> figures) {
        System.out.println();
        table(
                split + ", captions of the library's clips, ten best hits",
                figures,
                f -> f.captions());
        table(split + ", the best hit alone", figures, f -> f.best());
        table(
                split + ", a quarter of queries unanswerable, ten best hits",
                figures,
                f -> f.mixed());
        table(split + ", the best hit alone", figures, f -> f.bestMixed());
        RelevanceFigures all = figures.getLast();
        System.out.printf("on %s, %d clips, reliability of captions%n", split, all.clips());
        System.out.println("   relevance   share of hits   said   seen");
        for (Reliability.Bin bin : all.captions().bins()) {
            System.out.printf(
                    Locale.ROOT,
                    "   %.1f – %.1f          %6.2f %%  %.3f  %.3f%n",
                    bin.from(),
                    bin.to(),
                    100 * bin.share(),
                    bin.said(),
                    bin.seen());
        }
        System.out.printf(
                "on %s, nothing matches: true hits kept, captions kept, false alarms in percent (in"
                        + " brackets with exactly 95 %% of these true hits kept)%n",
                split);
        for (RelevanceFigures f : figures) {
            System.out.printf(
                    Locale.ROOT,
                    "%8d  %5.1f  %5.1f   %s%n",
                    f.clips(),
                    100 * f.kept(),
                    100 * f.captionsKept(),
                    f.falseAlarms().entrySet().stream()
                            .map(e -> words(e.getKey(), e.getValue()))
                            .collect(Collectors.joining(", ")));
        }
        System.out.printf("on %s, %d clips, by attribute%n", split, all.clips());
        all.falseAlarms()
                .forEach(
                        (tier, alarms) -> {
                            if (!alarms.byAttribute().isEmpty()) {
                                System.out.printf(
                                        "   %-20s %s%n",
                                        tier,
                                        alarms.byAttribute().entrySet().stream()
                                                .map(e -> percent(e.getKey(), e.getValue()))
                                                .collect(Collectors.joining(", ")));
                            }
                        });
    }

    private static void table(
            String what,
            List<RelevanceFigures> figures,
            Function<RelevanceFigures, Reliability> part) {
        System.out.println("on " + what + "\n   clips    ECE  Brier  (constant)  AUROC");
        for (RelevanceFigures of : figures) {
            Reliability r = part.apply(of);
            System.out.printf(
                    Locale.ROOT,
                    "%8d  %.3f  %.4f   (%.4f)  %.3f%n",
                    of.clips(),
                    r.ece(),
                    r.brier(),
                    r.brierOfConstant(),
                    r.auroc());
        }
    }

    private static String words(String tier, FalseAlarms alarms) {
        return String.format(
                Locale.ROOT, "%s (%.1f)", percent(tier, alarms.share()), 100 * alarms.shareAt95());
    }

    private static String percent(String name, double share) {
        return String.format(Locale.ROOT, "%s %.1f", name, 100 * share);
    }
}

package io.belfry.console.templates;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import io.belfry.core.template.TemplateContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What differs between two versions of a template, word by word. Immutable; made without blocking, in bounded time.
///
/// @param languages those that differ
record Comparison(List<ChangedLanguage> languages) {
    /// Past so many words two texts are shown one after the other: comparing takes the square of it.
    private static final int MAX_WORDS = 4_000;
    /// An output or tag of Liquid counts as one word.
    private static final Pattern WORD =
            Pattern.compile("\\{\\{.*?}}|\\{%.*?%}|\\s+|[\\p{L}\\p{N}_]+|.", Pattern.DOTALL);

    /// How a stretch of text stands in the newer version.
    enum Stretch {
        SAME,
        ADDED,
        REMOVED
    }

    record Piece(Stretch stretch, String text) {
        public boolean isAdded() {
            return stretch == Stretch.ADDED;
        }

        public boolean isRemoved() {
            return stretch == Stretch.REMOVED;
        }
    }

    /// @param label title, text or link
    record ChangedPart(String label, List<Piece> pieces) {}

    /// @param kind added, removed or changed
    record ChangedLanguage(Language language, String kind, List<ChangedPart> parts) {}

    static Comparison of(Map<String, TemplateContent> before, Map<String, TemplateContent> after) {
        var tags = new TreeSet<>(before.keySet());
        tags.addAll(after.keySet());
        var languages = new ArrayList<ChangedLanguage>();
        for (String tag : tags) {
            TemplateContent old = before.get(tag);
            TemplateContent now = after.get(tag);
            if (old == null || now == null || !old.equals(now)) {
                languages.add(new ChangedLanguage(
                        Language.of(tag),
                        old == null ? "added" : now == null ? "removed" : "changed",
                        parts(orBlank(old), orBlank(now))));
            }
        }
        return new Comparison(languages);
    }

    public boolean isEmpty() {
        return languages.isEmpty();
    }

    /// In a line: `en changed (title, link), de added`.
    public String summary() {
        return String.join(
                ", ",
                languages.stream()
                        .map(l -> l.language().tag() + " " + l.kind()
                                + (l.kind().equals("changed")
                                        ? " ("
                                                + String.join(
                                                        ", ",
                                                        l.parts().stream()
                                                                .map(ChangedPart::label)
                                                                .toList()) + ")"
                                        : ""))
                        .toList());
    }

    private static TemplateContent orBlank(TemplateContent content) {
        return content == null ? new TemplateContent("", "", "") : content;
    }

    private static List<ChangedPart> parts(TemplateContent old, TemplateContent now) {
        return Stream.of(
                        part("title", TemplateContent::title, old, now),
                        part("text", TemplateContent::body, old, now),
                        part("link", TemplateContent::link, old, now))
                .filter(part -> !part.pieces().isEmpty())
                .toList();
    }

    private static ChangedPart part(
            String label, Function<TemplateContent, String> text, TemplateContent old, TemplateContent now) {
        String before = text.apply(old);
        String after = text.apply(now);
        return new ChangedPart(label, before.equals(after) ? List.of() : pieces(before, after));
    }

    private static List<Piece> pieces(String before, String after) {
        List<String> old = words(before);
        List<String> now = words(after);
        var pieces = new ArrayList<Piece>();
        if (old.size() + now.size() > MAX_WORDS) {
            add(pieces, Stretch.REMOVED, before);
            add(pieces, Stretch.ADDED, after);
            return pieces;
        }
        for (AbstractDelta<String> delta : DiffUtils.diff(old, now, true).getDeltas()) {
            String source = String.join("", delta.getSource().getLines());
            switch (delta.getType()) {
                case EQUAL -> add(pieces, Stretch.SAME, source);
                case CHANGE, DELETE, INSERT -> {
                    add(pieces, Stretch.REMOVED, source);
                    add(pieces, Stretch.ADDED, String.join("", delta.getTarget().getLines()));
                }
            }
        }
        return pieces;
    }

    private static void add(List<Piece> pieces, Stretch stretch, String text) {
        if (!text.isEmpty()) {
            pieces.add(new Piece(stretch, text));
        }
    }

    private static List<String> words(String text) {
        var words = new ArrayList<String>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            words.add(word.group());
        }
        return words;
    }
}

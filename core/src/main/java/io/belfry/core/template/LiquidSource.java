package io.belfry.core.template;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import liqp.exceptions.LiquidException;
import liqp.org.antlr.v4.runtime.Token;
import liqp.org.antlr.v4.runtime.tree.ParseTree;
import liquid.parser.v4.LiquidParser;

/// Reads Liquid for those who write it: what is wrong with it, in words, and which values it looks up. The parser's own
/// messages speak of alternatives and tokens. Pure.
final class LiquidSource {
    private static final Pattern PARSER_ERROR =
            Pattern.compile("parser error \"(.*)\" on line \\d+, index \\d+", Pattern.DOTALL);
    private static final Pattern LEXER_ERROR =
            Pattern.compile("lexer error \"(.*)\" on line \\d+, index \\d+", Pattern.DOTALL);
    private static final Pattern MISMATCH = Pattern.compile("mismatched input '(.*)' expecting (.*)", Pattern.DOTALL);
    private static final Pattern NO_WAY = Pattern.compile("no viable alternative at input '(.*)'", Pattern.DOTALL);
    private static final Pattern BAD_TAG = Pattern.compile("Invalid Tag: '(.*)'");
    private static final Pattern AT_RENDERING =
            Pattern.compile("error on line (\\d+), index (\\d+): (.*)", Pattern.DOTALL);
    private static final int MAX_QUOTED = 60;

    private LiquidSource() {}

    /// A fault, with its place in the source; 0 when that is unknown.
    record Fault(int line, int column, String message) {
        Fault(Token at, String message) {
            this(at.getLine(), at.getCharPositionInLine() + 1, message);
        }
    }

    /// What keeps a source from being used, or empty.
    static Optional<Fault> fault(String source) {
        try {
            return misuse(Liquid.compile(source).getParseTree());
        } catch (LiquidException e) {
            return Optional.of(new Fault(e.line, e.charPositionInLine + 1, words(e)));
        } catch (RuntimeException e) {
            return Optional.of(new Fault(0, 0, firstLine(e)));
        }
    }

    /// What went wrong while a source that compiles was rendered with certain values.
    static Fault faultOfRendering(RuntimeException e) {
        String message = firstLine(e);
        Matcher placed = AT_RENDERING.matcher(message);
        return placed.matches()
                ? new Fault(
                        Integer.parseInt(placed.group(1)),
                        Integer.parseInt(placed.group(2)) + 1,
                        "it does not work with these values: " + placed.group(3))
                : new Fault(0, 0, "it does not work with these values: " + message);
    }

    /// What the parser lets pass and rendering would fail on, whatever the values.
    private static Optional<Fault> misuse(ParseTree node) {
        Optional<Fault> here =
                switch (node) {
                    case LiquidParser.FilterContext filter
                    when !Liquid.hasFilter(filter.Id().getText()) ->
                        Optional.of(new Fault(
                                filter.Id().getSymbol(),
                                "there is no filter " + quoted(filter.Id().getText())));
                    case LiquidParser.Include_tagContext include ->
                        Optional.of(new Fault(include.start, "{% include %} is not available here"));
                    case LiquidParser.Include_relative_tagContext include ->
                        Optional.of(new Fault(include.start, "{% include_relative %} is not available here"));
                    default -> Optional.empty();
                };
        for (int i = 0; here.isEmpty() && i < node.getChildCount(); i++) {
            here = misuse(node.getChild(i));
        }
        return here;
    }

    /// The values that a source looks up, such as `data.items`; of a lookup with an index only what is before it. Empty
    /// when it does not compile.
    static Set<List<String>> lookups(String source) {
        var found = new LinkedHashSet<List<String>>();
        try {
            collect(Liquid.compile(source).getParseTree(), found);
        } catch (RuntimeException notLiquid) {
            // That is told elsewhere.
        }
        return found;
    }

    private static void collect(ParseTree node, Set<List<String>> found) {
        if (node instanceof LiquidParser.Lookup_id_indexesContext lookup) {
            var path = new ArrayList<String>();
            path.add(lookup.id().getText());
            for (LiquidParser.IndexContext index : lookup.index()) {
                String step = index.getText();
                if (!step.startsWith(".")) {
                    break;
                }
                path.add(step.substring(1));
            }
            found.add(List.copyOf(path));
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            collect(node.getChild(i), found);
        }
    }

    private static String words(LiquidException e) {
        String message = String.valueOf(e.getMessage());
        Matcher parser = PARSER_ERROR.matcher(message);
        Matcher lexer = LEXER_ERROR.matcher(message);
        if (lexer.matches()) {
            return "not readable: " + lexer.group(1);
        }
        if (!parser.matches()) {
            return firstLine(e);
        }
        String detail = parser.group(1);
        Matcher tag = BAD_TAG.matcher(detail);
        if (tag.matches()) {
            return "there is no tag " + quoted(tag.group(1));
        }
        Matcher nothing = NO_WAY.matcher(detail);
        if (nothing.matches()) {
            return "not complete: " + quoted(nothing.group(1)) + " (expected: {{ value }} or {% tag %})";
        }
        Matcher other = MISMATCH.matcher(detail);
        return other.matches() ? mismatch(other.group(1), other.group(2)) : detail;
    }

    private static String mismatch(String input, String expected) {
        if (input.equals("<EOF>")) {
            return expected.contains("TagStart")
                    ? "a tag is never closed (expected: its end, such as {% endif %} or {% endfor %})"
                    : "it ends too early (expected: " + expected + ")";
        }
        if (expected.contains("<EOF>")) {
            return "a closing tag has no opening one";
        }
        return "found " + quoted(input) + " (expected: " + expected + ")";
    }

    private static String quoted(String text) {
        String shown = text.strip();
        return "“" + (shown.length() > MAX_QUOTED ? shown.substring(0, MAX_QUOTED) + "…" : shown) + "”";
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().filter(line -> !line.isBlank()).findFirst().orElse(message);
    }
}

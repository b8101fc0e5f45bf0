package io.belfry.core.topic;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Names of topics, and the filters with which people follow them. A topic is a path such as `team/7/deploys`. A filter
/// is a topic, or one that ends in `#`: `team/7/#` is `team/7` and all below it, `#` is everything.
public final class Topic {
    public static final int MAX_LENGTH = 255;
    public static final int MAX_LEVELS = 16;
    public static final String EXPECTED =
            "a path such as order/123 of at most " + MAX_LENGTH + " characters and " + MAX_LEVELS + " levels";
    public static final String FILTER_EXPECTED = EXPECTED + ", or one that ends in /#";
    public static final String EVERYTHING = "#";

    private static final String BELOW = "/#";
    private static final Pattern LEVEL = Pattern.compile("[A-Za-z0-9._:@-]+");
    private static final Pattern PATH = Pattern.compile(LEVEL + "(/" + LEVEL + "){0," + (MAX_LEVELS - 1) + "}");

    private Topic() {}

    public static boolean isValid(String topic) {
        return topic.length() <= MAX_LENGTH && PATH.matcher(topic).matches();
    }

    public static boolean isFilter(String filter) {
        return filter.equals(EVERYTHING)
                || filter.length() <= MAX_LENGTH
                        && isValid(filter.endsWith(BELOW) ? filter.substring(0, filter.length() - 2) : filter);
    }

    static boolean isLevel(String level) {
        return level.length() <= MAX_LENGTH && LEVEL.matcher(level).matches();
    }

    /// All filters that match a topic: itself, and one for each level that it has. For `a/b`: `a/b`, `a/b/#`, `a/#`,
    /// `#`.
    public static List<String> filtersOf(String topic) {
        var filters = new ArrayList<String>();
        filters.add(topic);
        for (int end = topic.length(); end > 0; end = topic.lastIndexOf('/', end - 1)) {
            filters.add(topic.substring(0, end) + BELOW);
        }
        filters.add(EVERYTHING);
        return filters;
    }

    /// Whether a filter matches nothing that another does not match too: `team/#` covers `team/7` and `team/7/#`.
    public static boolean covers(String wide, String filter) {
        if (wide.equals(EVERYTHING) || wide.equals(filter)) {
            return true;
        }
        if (!wide.endsWith(BELOW)) {
            return false;
        }
        String root = wide.substring(0, wide.length() - BELOW.length());
        return filter.equals(root) || filter.startsWith(root + "/");
    }
}

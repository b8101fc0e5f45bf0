package io.belfry.api.user;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.json.Fields;
import io.belfry.api.problem.Faults;
import io.belfry.core.user.UserId;
import io.belfry.core.user.UserProfile;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Makes users of JSON, and gathers all that is wrong with it. Thread-safe; does not block.
@Singleton
final class UserReader {
    /// What the database's numbers hold by far, and everything that is a number to other languages.
    private static final int MAX_EXPONENT = 400;

    private final UserSettings settings;

    UserReader(UserSettings settings) {
        this.settings = settings;
    }

    /// @param id from the path
    UserProfile profile(String id, JsonNode body, Faults faults) {
        if (!UserId.isValid(id)) {
            faults.add("", "user id (expected: " + UserId.EXPECTED + ")");
        }
        return profile(id, Fields.of(body, "", faults, "locale", "timeZone", "attributes"), "");
    }

    /// Users in a list; they are of no use where there are faults.
    List<UserProfile> profiles(JsonNode body, Faults faults) {
        if (!body.isArray() || body.isEmpty() || body.size() > settings.maxBatch()) {
            faults.add("", "expected: an array of 1 to " + settings.maxBatch() + " users");
            return List.of();
        }
        var profiles = new ArrayList<UserProfile>(body.size());
        var known = new HashSet<String>();
        for (int i = 0; i < body.size(); i++) {
            String pointer = "/" + i;
            Fields fields = Fields.of(body.get(i), pointer, faults, "id", "locale", "timeZone", "attributes");
            String id = fields.text("id", UserId::isValid, UserId.EXPECTED);
            if (!known.add(id) && !id.isEmpty()) {
                fields.fault("id", id + " (expected: each user once)");
            }
            profiles.add(profile(id, fields, pointer));
        }
        return profiles;
    }

    private UserProfile profile(String id, Fields fields, String pointer) {
        Optional<String> locale = fields.optional("locale", UserProfile::canonicalLocale, UserProfile.LOCALE_EXPECTED);
        Optional<String> timeZone =
                fields.optionalText("timeZone", UserProfile::isTimeZone, UserProfile.TIME_ZONE_EXPECTED);
        Optional<JsonNode> attributes = fields.optionalObject("attributes", settings.maxAttributeChars());
        attributes.ifPresent(node -> checkNumbers(node, pointer + "/attributes", fields.faults()));
        return new UserProfile(
                id, locale, timeZone, attributes.map(JsonNode::toString).orElse("{}"));
    }

    private static void checkNumbers(JsonNode node, String pointer, Faults faults) {
        if (node.isNumber()) {
            int scale = node.decimalValue().scale();
            if (Math.abs(scale) > MAX_EXPONENT) {
                faults.add(pointer, "expected: a number with an exponent of at most " + MAX_EXPONENT);
            }
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                checkNumbers(node.get(i), pointer + "/" + i, faults);
            }
        } else {
            node.properties()
                    .forEach(field ->
                            checkNumbers(field.getValue(), pointer + "/" + Fields.escaped(field.getKey()), faults));
        }
    }
}

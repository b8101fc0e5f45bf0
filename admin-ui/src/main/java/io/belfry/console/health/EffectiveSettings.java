package io.belfry.console.health;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.inject.BeanDefinition;
import io.micronaut.inject.qualifiers.Qualifiers;
import jakarta.inject.Singleton;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The settings that this process goes by, defaults and all, as its settings records hold them. What may be secret is
/// said to be set, or not, and no more: by its name, whatever it holds. Thread-safe.
@Singleton
final class EffectiveSettings {
    private static final Pattern SECRET =
            Pattern.compile("(?i).*(secret|password|credential|token|jwk|key|account|uri|url|endpoint).*");
    private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z0-9])([A-Z])");

    private final ApplicationContext context;

    EffectiveSettings(ApplicationContext context) {
        this.context = context;
    }

    /// Those of one feature.
    ///
    /// @param prefix such as `belfry.operators`
    record Group(String prefix, List<Setting> lines) {}

    record Setting(String name, String value) {}

    List<Group> list() {
        return context.getBeanDefinitions(Qualifiers.byStereotype(ConfigurationProperties.class)).stream()
                .filter(definition -> definition.getBeanType().isRecord()
                        && definition.getBeanType().getName().startsWith("io.belfry."))
                .map(this::group)
                .sorted(Comparator.comparing(Group::prefix))
                .toList();
    }

    private Group group(BeanDefinition<?> definition) {
        var settings = new ArrayList<Setting>();
        add(settings, "", context.getBean(definition));
        return new Group(definition.stringValue(ConfigurationProperties.class).orElse(definition.getName()), settings);
    }

    private static void add(List<Setting> settings, String prefix, Object record) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            String name = prefix
                    + CAPITAL.matcher(component.getName()).replaceAll("-$1").toLowerCase(Locale.ROOT);
            Object value = read(component, record);
            if (value instanceof Record nested) {
                add(settings, name + ".", nested);
            } else {
                settings.add(new Setting(name, shown(name, value)));
            }
        }
    }

    private static Object read(RecordComponent component, Object record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static String shown(String name, Object value) {
        Object plain = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (plain == null || plain.equals("") || plain instanceof Collection<?> many && many.isEmpty()) {
            return "–";
        }
        if (plain instanceof Map<?, ?> map) {
            // Terms of somebody else's, whose names tell nothing of what is secret.
            return map.keySet().stream().map(String::valueOf).sorted().collect(Collectors.joining(", "))
                    + " (set, not shown)";
        }
        boolean tellsNothing = plain instanceof Number
                || plain instanceof Boolean
                || plain instanceof Enum<?>
                || plain instanceof Duration;
        return tellsNothing || !mayBeSecret(name, plain) ? plain.toString() : "set, not shown";
    }

    /// By its name, or since it is an address that may hold a password.
    private static boolean mayBeSecret(String name, Object value) {
        return SECRET.matcher(name).matches() || value.toString().contains("://");
    }
}

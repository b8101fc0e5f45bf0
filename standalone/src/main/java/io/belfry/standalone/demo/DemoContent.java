package io.belfry.standalone.demo;

import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.category.PushUnless;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.device.Platform;
import io.belfry.core.event.Priority;
import io.belfry.core.template.DraftSaving;
import io.belfry.core.template.Revision;
import io.belfry.core.template.TemplateContent;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives a demo something to say, and its users a phone each. What is there already, such as a template that was
/// changed in the console, is left as it is.
@Singleton
@Requires(property = "belfry.demo.enabled", value = "true")
final class DemoContent implements ApplicationEventListener<ServerStartupEvent> {
    private static final String AUTHOR = "Belfry demo";
    private static final String PHONE = "phone";
    private static final List<Category> CATEGORIES = List.of(
            new Category(
                    "orders",
                    "Orders",
                    "From the basket to the doorstep",
                    Priority.NORMAL,
                    false,
                    true,
                    PushUnless.RECEIVED,
                    Duration.ofSeconds(10)),
            new Category(
                    "mentions",
                    "Mentions",
                    "When somebody wants an answer from you",
                    Priority.HIGH,
                    false,
                    true,
                    PushUnless.SEEN,
                    Duration.ofSeconds(8)));
    private static final List<Example> EXAMPLES = List.of(
            new Example(
                    "order.shipped",
                    "orders",
                    new TemplateContent(
                            "Order {{ data.order }} is on its way",
                            "{{ data.carrier }} brings {{ data.items | join: ', ' }}. Expected {{ data.eta }}.",
                            "https://shop.example/orders/{{ data.order }}"),
                    new TemplateContent(
                            "Bestellung {{ data.order }} ist unterwegs",
                            "{{ data.carrier }} bringt {{ data.items | join: ', ' }}. Erwartet: {{ data.eta }}.",
                            "https://shop.example/orders/{{ data.order }}")),
            new Example(
                    "comment.mention",
                    "mentions",
                    new TemplateContent(
                            "{{ data.author }} mentioned you in {{ data.document }}",
                            "“{{ data.text | truncate: 140 }}”",
                            "https://docs.example/{{ data.document | downcase | replace: ' ', '-' }}"),
                    new TemplateContent(
                            "{{ data.author }} hat dich in {{ data.document }} erwähnt",
                            "„{{ data.text | truncate: 140 }}“",
                            "https://docs.example/{{ data.document | downcase | replace: ' ', '-' }}")),
            new Example(
                    "security.sign_in",
                    "security",
                    new TemplateContent(
                            "New sign-in from {{ data.city }}",
                            "{{ data.device }} signed in to your account. Was that you?",
                            "https://account.example/security"),
                    new TemplateContent(
                            "Neue Anmeldung aus {{ data.city }}",
                            "{{ data.device }} hat sich bei deinem Konto angemeldet. Warst du das?",
                            "https://account.example/security")),
            new Example(
                    "comment.created",
                    "mentions",
                    new TemplateContent("A new comment", "{{ data.text | truncate: 200 }}", ""),
                    new TemplateContent("Ein neuer Kommentar", "{{ data.text | truncate: 200 }}", "")));

    private final Categories categories;
    private final TemplateVersions templates;
    private final Devices devices;
    private final DemoSettings settings;

    DemoContent(Categories categories, TemplateVersions templates, Devices devices, DemoSettings settings) {
        this.categories = categories;
        this.templates = templates;
        this.devices = devices;
        this.settings = settings;
    }

    private record Example(String type, String category, TemplateContent english, TemplateContent german) {}

    @Override
    public void onApplicationEvent(ServerStartupEvent started) {
        for (Category category : CATEGORIES) {
            if (categories.find(category.id()).isEmpty()) {
                categories.save(category);
            }
        }
        for (Example example : EXAMPLES) {
            if (templates.newest(example.type()).isEmpty()) {
                categories.assign(example.type(), example.category());
                publish(example);
            }
        }
        if (settings.simulator().isPresent()) {
            settings.users().forEach(this::givePhone);
        }
    }

    private void publish(Example example) {
        var contents = Map.of("en", example.english(), "de", example.german());
        if (templates.saveDraft(example.type(), contents, AUTHOR, Revision.NONE)
                instanceof DraftSaving.Saved(TemplateVersion draft)) {
            templates.publish(
                    new TemplateVersions.Choice(draft.type(), draft.version(), draft.revision(), Optional.empty()),
                    AUTHOR,
                    "");
        }
    }

    private void givePhone(DemoSettings.User user) {
        devices.register(new Device(user.id(), PHONE, user.phone(), Platform.ANDROID, Optional.empty(), Instant.EPOCH));
    }
}

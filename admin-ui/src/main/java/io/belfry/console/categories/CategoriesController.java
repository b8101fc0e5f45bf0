package io.belfry.console.categories;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.category.Removal;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Lists, makes, changes and removes categories.
@Controller("/console")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class CategoriesController {
    private static final String LIST = "/console/categories";
    private static final String FORM = "categories/form";

    private final Pages pages;
    private final Categories categories;
    private final Acts acts;

    CategoriesController(Pages pages, Categories categories, Acts acts) {
        this.pages = pages;
        this.categories = categories;
        this.acts = acts;
    }

    /// One category in the list.
    ///
    /// @param isDefault types without a category are in it
    record Line(Category category, String delay, List<String> types, boolean isDefault) {}

    /// @param existing null for a new one
    /// @param problems by field
    /// @param trouble what is wrong with the whole, or null
    record FormModel(Line existing, CategoryForm form, Map<String, String> problems, String trouble) {}

    @Get("/categories")
    MutableHttpResponse<?> list(Visit visit) {
        return pages.show(
                visit,
                "categories/list",
                categories.list().stream().map(this::line).toList());
    }

    private Line line(Category category) {
        List<String> types = categories.assignments().entrySet().stream()
                .filter(assigned -> assigned.getValue().equals(category.id()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        return new Line(
                category,
                CategoryForm.seconds(category.pushDelay()),
                types,
                category.id().equals(Categories.DEFAULT));
    }

    @Get("/new-category")
    @Needs(Role.EDITOR)
    MutableHttpResponse<?> fresh(Visit visit) {
        return pages.show(visit, FORM, new FormModel(null, CategoryForm.blank(), Map.of(), null));
    }

    @Post("/categories")
    @Needs(Role.EDITOR)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> create(Visit visit) {
        CategoryForm form = CategoryForm.read(visit.form(), Optional.empty());
        Map<String, String> problems = form.problems();
        if (!problems.isEmpty()) {
            return pages.refuse(visit, FORM, new FormModel(null, form, problems, null));
        }
        if (!categories.create(form.category())) {
            return pages.refuse(
                    visit, FORM, new FormModel(null, form, Map.of("id", "There is a category with this id."), null));
        }
        acts.record(visit, "category.create", form.id(), settings(form.category()));
        return pages.go(visit, LIST, Flash.done("The category " + form.name() + " was created."));
    }

    @Get("/categories/{id}")
    MutableHttpResponse<?> edit(String id, Visit visit) {
        return categories
                .find(id)
                .<MutableHttpResponse<?>>map(found ->
                        pages.show(visit, FORM, new FormModel(line(found), CategoryForm.of(found), Map.of(), null)))
                .orElseGet(() -> pages.notFound(visit, "category"));
    }

    @Post("/categories/{id}")
    @Needs(Role.EDITOR)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> save(String id, Visit visit) {
        Optional<Category> found = categories.find(id);
        if (found.isEmpty()) {
            return pages.notFound(visit, "category");
        }
        Category seen = found.get();
        CategoryForm form = CategoryForm.read(visit.form(), Optional.of(id));
        Map<String, String> problems = form.problems();
        if (!problems.isEmpty()) {
            return pages.refuse(visit, FORM, new FormModel(line(seen), form, problems, null));
        }
        if (!form.edition().equals(CategoryForm.edition(seen)) || !categories.replace(seen, form.category(seen))) {
            return changedMeanwhile(visit, form);
        }
        acts.record(visit, "category.edit", id, settings(form.category()));
        return pages.go(visit, LIST, Flash.done("The category " + form.name() + " was saved. It is in use at once."));
    }

    private MutableHttpResponse<?> changedMeanwhile(Visit visit, CategoryForm form) {
        return categories
                .find(form.id())
                .<MutableHttpResponse<?>>map(now -> pages.refuse(
                        visit,
                        FORM,
                        new FormModel(
                                line(now),
                                form.over(now),
                                Map.of(),
                                "Somebody else changed this category while you were editing it. What you typed is still"
                                        + " here and is not saved. Save again to replace their change, or open the"
                                        + " category anew to see it.")))
                .orElseGet(() -> pages.notFound(visit, "category"));
    }

    @Get("/categories/{id}/delete")
    @Needs(Role.EDITOR)
    MutableHttpResponse<?> askDelete(String id, Visit visit) {
        return categories
                .find(id)
                .<MutableHttpResponse<?>>map(found -> pages.ask(
                        visit,
                        "categories",
                        Question.danger(
                                "Delete the category " + found.name() + "?",
                                List.of(
                                        "Notifications that were sent stay, and keep its id.",
                                        "Events that name this category are refused from then on."),
                                LIST + "/" + id + "/delete",
                                "Delete category",
                                LIST + "/" + id)))
                .orElseGet(() -> pages.notFound(visit, "category"));
    }

    @Post("/categories/{id}/delete")
    @Needs(Role.EDITOR)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> delete(String id, Visit visit) {
        return switch (categories.remove(id)) {
            case Removal.Removed removed -> {
                acts.record(visit, "category.delete", id, Map.of());
                yield pages.go(visit, LIST, Flash.done("The category " + id + " was deleted."));
            }
            case Removal.Missing missing -> pages.notFound(visit, "category");
            case Removal.IsDefault isDefault ->
                pages.go(
                        visit,
                        LIST + "/" + id,
                        Flash.failed("The default category stays: types without a category are in it."));
            case Removal.Used(List<String> types, long broadcasts) ->
                pages.go(
                        visit,
                        LIST + "/" + id,
                        Flash.failed("The category was not deleted: it is used by " + used(types.size(), broadcasts)
                                + ". Move its event types to another category first."));
        };
    }

    private static String used(int types, long broadcasts) {
        String ofTypes = types == 1 ? "1 event type" : types + " event types";
        String ofBroadcasts = broadcasts == 1 ? "1 broadcast" : broadcasts + " broadcasts";
        if (types == 0) {
            return ofBroadcasts;
        }
        return broadcasts == 0 ? ofTypes : ofTypes + " and " + ofBroadcasts;
    }

    private static Map<String, String> settings(Category category) {
        return Map.of(
                "name", category.name(),
                "priority", category.priority().label(),
                "mandatory", String.valueOf(category.mandatory()),
                "push", String.valueOf(category.push()),
                "pushUnless", category.pushUnless().label(),
                "pushDelay", CategoryForm.seconds(category.pushDelay()) + " s");
    }
}

package io.belfry.api.document;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeType;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.info.License;
import io.swagger.v3.oas.annotations.security.SecurityScheme;
import io.swagger.v3.oas.annotations.tags.Tag;

/// What the API's OpenAPI document says of the API as a whole. The rest of it is at the controllers.
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Belfry",
                        version = "1",
                        description = """
                                Services send events; every person an event concerns gets one notification in an inbox that is \
                                live on all their devices, and a mobile push where no device proved that it had it.

                                **Credentials** are bearers: an API key for services, a JWT that your backend signs for \
                                your users' apps. **Errors** are `application/problem+json` (RFC 9457); test their `type`, \
                                which is stable. **Times** are RFC 3339 in UTC, sizes are in bytes, offsets are positions \
                                in a user's inbox. A field that is `null` is the same as one that is absent. Fields not in \
                                this document are refused in requests, and may be added to answers.""",
                        license = @License(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0")),
        tags = {
            @Tag(name = Document.EVENTS, description = "Sending events, and what became of them"),
            @Tag(name = Document.INBOX, description = "What a user got, for the user's own app"),
            @Tag(name = Document.DEVICES, description = "Where a user's pushes go, for the user's own app"),
            @Tag(name = Document.PREFERENCES, description = "What users chose about what reaches them"),
            @Tag(name = Document.USERS, description = "Who is notified, as services describe them"),
            @Tag(name = Document.TOPICS, description = "Who follows what: events to a topic reach its followers"),
            @Tag(
                    name = Document.SEGMENTS,
                    description = "Sets of users given by a rule over what is known of them, to send events to"),
            @Tag(name = Document.BROADCASTS, description = "What operators send to many at once"),
            @Tag(name = Document.STOPS, description = "Halting pushes, bulk, or a category, everywhere at once"),
            @Tag(
                    name = Document.OPERATIONS,
                    description = "What failed and what waits, of all services, and what can be done about it")
        })
@SecurityScheme(
        name = Document.API_KEY,
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        bearerFormat = "bk_…",
        description = "An API key of a service, made with `belfry key create` or in the console. It has scopes: "
                + "`events:write`, `events:read`, `events:everyone`, `users:write`, `segments:write`, `stops:write`, "
                + "`operations:write`. Each call names the ones that open it.")
@SecurityScheme(
        name = Document.USER_TOKEN,
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        bearerFormat = "JWT",
        description =
                "A token of an end user, signed by your backend: `sub` is the user's id, `aud` is `belfry`, `exp` is "
                        + "required. It opens what is the user's own.")
public final class Document {
    public static final String EVENTS = "Events";
    public static final String INBOX = "Inbox";
    public static final String DEVICES = "Devices";
    public static final String PREFERENCES = "Preferences";
    public static final String USERS = "Users";
    public static final String TOPICS = "Topics";
    public static final String SEGMENTS = "Segments";
    public static final String BROADCASTS = "Broadcasts";
    public static final String STOPS = "Emergency stops";
    public static final String OPERATIONS = "Operations";
    public static final String API_KEY = "apiKey";
    public static final String USER_TOKEN = "userToken";

    private Document() {}
}

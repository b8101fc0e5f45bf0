package io.belfry.standalone.up;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.belfry.standalone.demo.DemoCredentials;
import io.belfry.standalone.demo.PrivateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What `belfry up --info FILE` tells scripts and tests once it is ready. Production has addresses only.
///
/// @param url of REST, console and demo page
/// @param wsUrl of the client protocol
/// @param simulatorUrl of the phone simulator; null without one
@JsonInclude(JsonInclude.Include.NON_NULL)
record StartupInfo(
        String url,
        String wsUrl,
        String apiKey,
        DemoCredentials.Operator operator,
        List<DemoCredentials.User> users,
        String simulatorUrl) {

    static StartupInfo of(String url, Optional<DemoCredentials> demo) {
        return new StartupInfo(
                url,
                url.replaceFirst("^http", "ws") + "/connection/websocket",
                demo.map(DemoCredentials::apiKey).orElse(null),
                demo.map(DemoCredentials::operator).orElse(null),
                demo.map(DemoCredentials::users).orElse(null),
                demo.map(DemoCredentials::running)
                        .map(DemoCredentials.Running::simulatorUrl)
                        .orElse(null));
    }

    /// The file appears complete.
    void write(Path file) throws IOException {
        PrivateFile.write(file.toAbsolutePath(), JsonMapper.builder().build().writeValueAsBytes(this));
    }

    @Override
    public String toString() {
        return "StartupInfo[url=" + url + "]";
    }
}

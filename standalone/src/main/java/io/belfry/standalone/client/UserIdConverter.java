package io.belfry.standalone.client;

import io.belfry.core.user.UserId;
import picocli.CommandLine;

/// Reads a user id from the command line.
final class UserIdConverter implements CommandLine.ITypeConverter<UserId> {
    @Override
    public UserId convert(String value) {
        if (!UserId.isValid(value)) {
            throw new CommandLine.TypeConversionException(
                    "'" + value + "' is no user id (expected: " + UserId.EXPECTED + ")");
        }
        return new UserId(value);
    }
}

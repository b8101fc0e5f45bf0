package io.belfry.standalone.settings;

/// The command was called, or Belfry configured, in a way that cannot work. The message says what is expected.
public final class WrongSettings extends RuntimeException {
    public WrongSettings(String message) {
        super(message);
    }
}

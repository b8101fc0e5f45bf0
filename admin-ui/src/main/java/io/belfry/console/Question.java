package io.belfry.console;

import java.util.List;

/// What an operator is asked before an act that cannot be taken back.
///
/// @param says what will happen, in sentences that are true at this moment
/// @param action where the answer is posted
/// @param button names the act
/// @param typed what has to be typed to confirm, or null
/// @param typedLabel what that is, or null
/// @param back the page that asked
/// @param problem what was wrong with the last answer, or null
public record Question(
        String title,
        List<String> says,
        String action,
        String button,
        Tone tone,
        String typed,
        String typedLabel,
        String back,
        String problem) {

    /// Whether the act destroys something.
    public enum Tone {
        PLAIN,
        DANGER
    }

    public static Question danger(String title, List<String> says, String action, String button, String back) {
        return new Question(title, says, action, button, Tone.DANGER, null, null, back, null);
    }

    public static Question plain(String title, List<String> says, String action, String button, String back) {
        return new Question(title, says, action, button, Tone.PLAIN, null, null, back, null);
    }

    public boolean isDanger() {
        return tone == Tone.DANGER;
    }
}

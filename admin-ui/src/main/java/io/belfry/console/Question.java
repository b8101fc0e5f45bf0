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
/// @param about what exactly the answer is about, posted back as `id`, so that nothing else is touched; may be empty
public record Question(
        String title,
        List<String> says,
        String action,
        String button,
        Tone tone,
        String typed,
        String typedLabel,
        String back,
        String problem,
        List<String> about) {
    public Question(
            String title,
            List<String> says,
            String action,
            String button,
            Tone tone,
            String typed,
            String typedLabel,
            String back,
            String problem) {
        this(title, says, action, button, tone, typed, typedLabel, back, problem, List.of());
    }

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

    /// The same about exactly these.
    public Question about(List<String> ids) {
        return new Question(title, says, action, button, tone, typed, typedLabel, back, problem, List.copyOf(ids));
    }

    public boolean isDanger() {
        return tone == Tone.DANGER;
    }
}

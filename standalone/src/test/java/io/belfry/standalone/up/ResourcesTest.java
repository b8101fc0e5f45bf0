package io.belfry.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourcesTest {
    private final List<String> closed = new ArrayList<>();
    private final Resources resources = new Resources();

    @Test
    void closesInReverseOrderAndOnce() {
        resources.add(() -> closed.add("first"));
        resources.add(() -> {
            throw new IOException("does not stop the others");
        });
        resources.add(() -> closed.add("last"));

        resources.close();
        resources.close();

        assertThat(closed).containsExactly("last", "first");
    }

    @Test
    void closesWhatComesTooLate() {
        resources.close();

        assertThatIllegalStateException().isThrownBy(() -> resources.add(() -> closed.add("late")));
        assertThat(closed).containsExactly("late");
    }
}

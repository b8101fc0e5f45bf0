package io.belfry.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UsersTest {
    @Test
    void scatteredUsersAreAllUsersAndNeighboursLieApart() {
        Users users = Users.scattered("u", 10_000);
        assertThat(IntStream.range(0, 10_000).mapToObj(users::id).distinct()).hasSize(10_000);
        assertThat(users.id(1)).isEqualTo("u1953");
    }

    @Test
    void aShoutNeedsUsersWhoHaveHadAsMany() {
        Users users = new Users("u", 3);
        assertThat(users.nextOfAll()).isEqualTo(1);
        assertThat(users.nextOfAll()).isEqualTo(2);
        users.next(1);
        assertThatThrownBy(users::nextOfAll).hasMessageContaining("differ");
    }
}

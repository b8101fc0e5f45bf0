package io.belfry.core.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final TemplateContent CONTENT = new TemplateContent(
            "{{ data.order }}",
            "{{ data.customer.name }} {{ data.items | join: ', ' }}",
            "https://x.example/{{ data.order }}");

    @Test
    void isMadeUpOfWhatContentsLookUp() {
        assertThat(Sample.madeUp(List.of(CONTENT)).json())
                .isEqualTo("{\"order\":\"[order]\",\"customer\":{\"name\":\"[name]\"},\"items\":\"[items]\"}");
    }

    @Test
    void keepsNumbersAsTheyWereSent() {
        assertThat(Sample.read("{ \"n\": 12345678901234567890.10 }"))
                .isEqualTo(new Sample.Reading.Read(new Sample("{\"n\":12345678901234567890.10}")));
    }

    @Test
    void saysInWhichLineItCannotBeRead() {
        assertThat(Sample.read("{\n  \"a\": 1,\n  oops\n}"))
                .isInstanceOfSatisfying(Sample.Reading.Refused.class, refused -> assertThat(refused.line())
                        .isEqualTo(3));
        assertThat(Sample.read("[1]")).isInstanceOf(Sample.Reading.Refused.class);
        assertThat(Sample.read("{} {}")).isInstanceOf(Sample.Reading.Refused.class);
        assertThat(Sample.read("")).isInstanceOf(Sample.Reading.Refused.class);
        assertThat(Sample.read("{\"a\":\"\\u0000\"}")).isInstanceOf(Sample.Reading.Refused.class);
    }

    @Test
    void tellsWhatItDoesNotHave() {
        assertThat(new Sample("{\"order\":1,\"customer\":{}}").missing(List.of(CONTENT)))
                .containsExactly("data.customer.name", "data.items");
    }

    @Test
    void offersItsValuesForInserting() {
        assertThat(new Sample("{\"order\":1,\"customer\":{\"name\":\"x\"},\"items\":[1],\"not a name\":2}").paths())
                .containsExactly("data.order", "data.customer.name", "data.items");
    }

    @Test
    void aTrialRendersWhatWorksAndExplainsTheRest() {
        Trial trial = Trial.of(
                "order.shipped",
                "en",
                new TemplateContent(
                        "{{ data.order }}", "{{ data.order | plus: 'x' }}", "javascript:alert({{ data.order }})"),
                new Sample("{\"order\":7}"),
                "u1");
        assertThat(trial.rendered()).isEqualTo(new Rendered("7", null, null));
        assertThat(trial.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.part()).isEqualTo("body");
            assertThat(problem.line()).isEqualTo(1);
            assertThat(problem.message()).contains("does not work with these values");
        });
        assertThat(trial.refusedLink()).isEqualTo("javascript:alert(7)");
    }
}

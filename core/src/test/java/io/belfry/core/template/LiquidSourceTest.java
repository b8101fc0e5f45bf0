package io.belfry.core.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiquidSourceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "{{ data.order }~1~not complete: “{{ data.order”",
                "{% if data.x %}a~1~a tag is never closed",
                "{% endif %}~1~a closing tag has no opening one",
                "{% for x in data.items %}{{x}}{% endfo %}~1~found “endfo” (expected: 'endfor')",
                "{% surprise %}~1~there is no tag “surprise”",
                "{{ data.order | uppercase }}~1~there is no filter “uppercase”",
                "{% include 'secrets' %}~1~{% include %} is not available here",
            })
    void saysInWordsWhatIsWrongAndWhere(String source, int line, String words) {
        assertThat(LiquidSource.fault(source)).hasValueSatisfying(fault -> {
            assertThat(fault.message()).contains(words);
            assertThat(fault.line()).isEqualTo(line);
            assertThat(fault.column()).isPositive();
        });
    }

    @Test
    void namesTheLineOfTheFault() {
        assertThat(LiquidSource.fault("fine {{ data.a }}\nalso fine\n  {{ data.b | nope }}"))
                .hasValueSatisfying(fault -> {
                    assertThat(fault.line()).isEqualTo(3);
                    assertThat(fault.message()).isEqualTo("there is no filter “nope”");
                });
    }

    @Test
    void findsNothingWrongWithLiquid() {
        assertThat(LiquidSource.fault(
                        "{% if data.eta %}{{ data.items | join: ', ' | upcase }}{% else %}{{ user.id }}{% endif %}"))
                .isEmpty();
    }

    @Test
    void knowsWhatIsLookedUp() {
        assertThat(LiquidSource.lookups(
                        "{% for i in data.items %}{{ i.name }} {{ data.customer.name | upcase }}{% endfor %}"))
                .contains(List.of("data", "items"), List.of("data", "customer", "name"), List.of("i", "name"));
    }
}

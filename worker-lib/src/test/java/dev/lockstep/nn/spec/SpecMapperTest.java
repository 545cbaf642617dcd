package dev.lockstep.nn.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecMapperTest {

    sealed interface AnimalSpec permits Cat, Dog, Herd, Cage, Fish {}

    @SpecName("cat")
    record Cat(Integer lives, Double weight) implements AnimalSpec {
        Cat {
            lives = lives == null ? 9 : Expect.atLeast("lives", lives, 1);
            weight = weight == null ? 4.5 : Expect.positive("weight", weight);
        }
    }

    @SpecName("dog")
    record Dog(@JsonProperty(required = true) String owner, boolean barks, Mood mood) implements AnimalSpec {}

    @SpecName("herd")
    record Herd(List<AnimalSpec> members, Shape field, Map<String, Integer> tags, float[] milk) implements AnimalSpec {}

    @SpecName("cage")
    record Cage(AnimalSpec inside) implements AnimalSpec {}

    enum Fish implements AnimalSpec {
        TROUT,
        SWORD_FISH
    }

    enum Mood {
        CALM,
        VERY_WILD
    }

    record Zoo(String name, AnimalSpec star, Ticket ticket, long seed) {}

    record Ticket(double price, String currency) {
        @JsonCreator
        static Ticket of(double price) {
            return new Ticket(price, "EUR");
        }

        @JsonCreator
        static Ticket of(String text) {
            throw new IllegalArgumentException("no ticket is called " + text);
        }
    }

    private static <T> T read(Class<T> type, String json) {
        try {
            return SpecMapper.json().readValue(json.replace('\'', '"'), type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AnimalSpec animal(String json) {
        return read(AnimalSpec.class, json);
    }

    private static void fails(Class<?> type, String json, String message) {
        assertThatThrownBy(() -> read(type, json))
                .isInstanceOf(SpecException.class)
                .hasMessage(message);
    }

    @Test
    void oneKeyMapsBareNamesAndSingleValues() {
        assertThat(animal("{'cat': {'lives': 7, 'weight': 3}}")).isEqualTo(new Cat(7, 3.0));
        assertThat(animal("{'cat': {'weight': 3}}")).isEqualTo(new Cat(9, 3.0));
        assertThat(animal("'cat'")).isEqualTo(new Cat(9, 4.5));
        assertThat(animal("{'cat': null}")).isEqualTo(new Cat(9, 4.5));
        assertThat(animal("{'cat': {}}")).isEqualTo(new Cat(9, 4.5));
        assertThat(animal("{'cat': 3}")).isEqualTo(new Cat(3, 4.5));
        assertThat(animal("{'dog': {'owner': 'Ada', 'mood': 'veryWild'}}"))
                .isEqualTo(new Dog("Ada", false, Mood.VERY_WILD));
        assertThat(animal("'swordFish'")).isEqualTo(Fish.SWORD_FISH);
    }

    @Test
    void nestedAlternatives() {
        assertThat(animal("{'cage': {'inside': {'cage': 'trout'}}}")).isEqualTo(new Cage(new Cage(Fish.TROUT)));
        assertThat(animal("{'cage': {'cage': {'cat': 2}}}")).isEqualTo(new Cage(new Cage(new Cat(2, 4.5))));
        Herd herd = (Herd) animal("{'herd': ['cat', {'dog': 'Ada'}]}");
        assertThat(herd.members()).containsExactly(new Cat(9, 4.5), new Dog("Ada", false, null));
    }

    @Test
    void numbersWithoutAPointAreNumbers() {
        assertThat(animal("{'cat': {'lives': '1e1', 'weight': '1e-3'}}")).isEqualTo(new Cat(10, 0.001));
        assertThat(read(Zoo.class, "{'seed': 1e15}").seed()).isEqualTo(1_000_000_000_000_000L);
        assertThat(read(Zoo.class, "{'name': 7}").name()).isEqualTo("7");
    }

    @Test
    void factoriesTakeOtherForms() {
        assertThat(read(Zoo.class, "{'ticket': 2.5}").ticket()).isEqualTo(new Ticket(2.5, "EUR"));
        assertThat(read(Zoo.class, "{'ticket': '1e1'}").ticket()).isEqualTo(new Ticket(10, "EUR"));
        assertThat(read(Zoo.class, "{'ticket': {'price': 1}}").ticket()).isEqualTo(new Ticket(1, null));
        fails(Zoo.class, "{'ticket': 'free'}", "ticket: no ticket is called free");
    }

    @Test
    void whatIsWrittenIsReadBack() throws JsonProcessingException {
        Zoo zoo = new Zoo(
                "north",
                new Cage(new Herd(List.of(new Cat(3, 0.1), Fish.TROUT), Shape.of(2, 3), Map.of("a", 1), null)),
                new Ticket(1e-3, "USD"),
                Long.MAX_VALUE);
        String json = SpecMapper.json().writeValueAsString(zoo);
        assertThat(json)
                .isEqualTo(
                        "{'name':'north','star':{'cage':{'inside':{'herd':{'members':[{'cat':{'lives':3,'weight':0.1}},"
                                        .replace('\'', '"')
                                + "'trout'],'field':[2,3],'tags':{'a':1}}}}},'ticket':{'price':0.001,'currency':'USD'},"
                                        .replace('\'', '"')
                                + "'seed':9223372036854775807}".replace('\'', '"'));
        assertThat(read(Zoo.class, json)).isEqualTo(zoo);
        assertThat(SpecMapper.json().writeValueAsString(new Cage(null))).isEqualTo("\"cage\"");
        Herd milk = new Herd(null, null, null, new float[] {0.1f, -0f, 1e-38f});
        assertThat(((Herd) animal(SpecMapper.json().writeValueAsString(milk))).milk())
                .containsExactly(milk.milk());
    }

    @Test
    void unknownWordsNameTheNearest() {
        fails(Zoo.class, "{'naem': 'x'}", "naem: unknown key; did you mean \"name\"?");
        fails(Zoo.class, "{'elephant': 'x'}", "elephant: unknown key; known keys: name, star, ticket, seed");
        fails(Zoo.class, "{'star': {'cat': {'live': 1}}}", "star.cat.live: unknown key; did you mean \"lives\"?");
        fails(Zoo.class, "{'star': 'cta'}", "star: unknown animal \"cta\"; did you mean \"cat\"?");
        fails(
                Zoo.class,
                "{'star': {'sword-fish': {}}}",
                "star: unknown animal \"sword-fish\"; did you mean \"swordFish\"?");
        fails(
                Zoo.class,
                "{'star': 'zebra'}",
                "star: unknown animal \"zebra\"; known names: cat, dog, herd, cage, trout, swordFish");
        fails(
                AnimalSpec.class,
                "{'dog': {'owner': 'A', 'mood': 'clam'}}",
                "dog.mood: unknown value \"clam\"; did you mean \"calm\"?");
    }

    @Test
    void wrongTypesNameBothSides() {
        fails(AnimalSpec.class, "{'cat': {'lives': 1.5}}", "cat.lives: expected a whole number, got 1.5");
        fails(
                AnimalSpec.class,
                "{'cat': {'lives': 3000000000}}",
                "cat.lives: expected a whole number of at most 2147483647 in size, got 3000000000");
        fails(AnimalSpec.class, "{'cat': {'weight': 'heavy'}}", "cat.weight: expected a number, got \"heavy\"");
        fails(AnimalSpec.class, "{'dog': {'owner': ['A']}}", "dog.owner: expected a text, got a list");
        fails(AnimalSpec.class, "{'dog': {'owner': 'A', 'barks': 1}}", "dog.barks: expected true or false, got 1");
        fails(
                AnimalSpec.class,
                "{'dog': {'owner': 'A', 'mood': 1}}",
                "dog.mood: expected one of calm, veryWild, got 1");
        fails(AnimalSpec.class, "{'herd': {'members': 5}}", "herd.members: expected a list, got 5");
        fails(
                AnimalSpec.class,
                "{'herd': [5]}",
                "herd.members.0: expected an animal, written as a name or as a map with"
                        + " its name as the one key, got 5");
        fails(
                AnimalSpec.class,
                "{'cat': 1, 'dog': 2}",
                "expected an animal, written as a name or as a map with its name as"
                        + " the one key, got the keys cat, dog");
        fails(AnimalSpec.class, "{'trout': {'size': 1}}", "trout: takes no settings, got a map");
        fails(
                AnimalSpec.class,
                "{'herd': {'field': [2, 0]}}",
                "herd.field: shape [2, 0]: every dimension must be at least" + " 1, got 0");
        fails(Zoo.class, "[]", "expected a map with the keys name, star, ticket, seed, got an empty list");
    }

    @Test
    void missingAndOutOfRange() {
        fails(AnimalSpec.class, "'dog'", "dog.owner: missing, expected a text");
        fails(AnimalSpec.class, "{'dog': {'owner': null}}", "dog.owner: missing, expected a text");
        fails(AnimalSpec.class, "{'cat': 0}", "cat.lives: expected at least 1, got 0");
        fails(Zoo.class, "{'star': {'cat': {'weight': -2}}}", "star.cat.weight: expected a number above 0, got -2");
    }
}

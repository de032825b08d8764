package org.sardiffusion.pipelines.list;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/** Takes the choices of templates: all combinations in order, or some by chance. */
final class Combinations {
  private final Map<String, List<Template>> wildcards;

  /**
   * @param wildcards their lines, by name
   */
  Combinations(Map<String, List<Template>> wildcards) {
    this.wildcards = wildcards;
  }

  /**
   * Every combination of the choices that {@code line} takes.
   *
   * @param line makes something from choices
   * @param most how many combinations there may be
   * @throws PromptListException if there are more
   */
  <T> List<T> all(Function<Template.Chooser, T> line, int most) {
    List<T> results = new ArrayList<>();
    // An odometer whose wheels appear as the line asks for them: choices may depend on others.
    List<Integer> wheels = new ArrayList<>();
    while (true) {
      List<Integer> sizes = new ArrayList<>();
      results.add(
          line.apply(
              new Taking(
                  size -> {
                    sizes.add(size);
                    if (wheels.size() < sizes.size()) {
                      wheels.add(0);
                    }
                    return wheels.get(sizes.size() - 1);
                  })));
      if (results.size() > most) {
        throw new PromptListException(
            "It has more than "
                + most
                + " combinations of choices: let \"choose: random\" draw some of them.");
      }
      int last = sizes.size() - 1;
      while (last >= 0 && wheels.get(last) + 1 == sizes.get(last)) {
        wheels.remove(last--);
      }
      if (last < 0) {
        return results;
      }
      wheels.set(last, wheels.get(last) + 1);
    }
  }

  /** One combination by chance; the same seed draws the same. */
  <T> T draw(Function<Template.Chooser, T> line, long seed) {
    Random random = new Random(seed);
    return line.apply(new Taking(random::nextInt));
  }

  /** The choices of one line. */
  private final class Taking implements Template.Chooser {
    /** No sane wildcard goes deeper; one that names itself would for ever. */
    private static final int DEEPEST = 20;

    private final IntUnaryOperator choice;
    private final Map<String, String> taken = new HashMap<>();
    private int depth;

    private Taking(IntUnaryOperator choice) {
      this.choice = choice;
    }

    @Override
    public int choose(int count) {
      return choice.applyAsInt(count);
    }

    @Override
    public String wildcard(String name) {
      if (taken.containsKey(name)) {
        return taken.get(name);
      }
      List<Template> lines = wildcards.get(name);
      if (lines == null) {
        throw new PromptListException(
            "There is no wildcard __"
                + name
                + "__: name its values, or a file of them, under \"wildcards\".");
      }
      if (++depth > DEEPEST) {
        throw new PromptListException("The wildcard __" + name + "__ holds itself.");
      }
      String value = lines.get(choose(lines.size())).text(this);
      depth--;
      taken.put(name, value);
      return value;
    }
  }
}

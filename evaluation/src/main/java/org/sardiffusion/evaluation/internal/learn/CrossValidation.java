package org.sardiffusion.evaluation.internal.learn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which part of the data each group (an image, or the images of one source) is tested in, so that
 * no classifier is tested on a group that it has learned from. Classes are dealt one by one, so
 * that every fold has its share of each.
 */
public final class CrossValidation {
  private final List<Group> groups;
  private final int[] fold;
  private final int folds;

  /**
   * Rows that stay together.
   *
   * @param name what they share: groups of one name are in one fold
   * @param label the class that they are dealt by
   */
  public record Group(String name, String label) {}

  /**
   * Deals groups to folds.
   *
   * @param groups may repeat
   * @param folds at least 2
   * @param seed of the order in which they are dealt
   */
  public CrossValidation(List<Group> groups, int folds, long seed) {
    this.groups = List.copyOf(groups);
    this.folds = folds;
    this.fold = new int[groups.size()];
    SortedMap<String, List<String>> names = new TreeMap<>();
    SortedMap<String, Integer> dealt = new TreeMap<>();
    for (Group group : groups) {
      // A name that has groups of several labels is dealt with the first.
      if (dealt.putIfAbsent(group.name(), 0) == null) {
        names.computeIfAbsent(group.label(), l -> new ArrayList<>()).add(group.name());
      }
    }
    Random random = new Random(seed);
    int next = 0;
    for (List<String> ofLabel : names.values()) {
      Collections.sort(ofLabel);
      Collections.shuffle(ofLabel, random);
      for (String name : ofLabel) {
        dealt.put(name, next++ % folds);
      }
    }
    for (int i = 0; i < fold.length; i++) {
      fold[i] = dealt.get(groups.get(i).name());
    }
  }

  /** How many folds there are. */
  public int folds() {
    return folds;
  }

  /** The indices of the groups that are tested in a fold. */
  public List<Integer> tested(int inFold) {
    return indices(inFold, true);
  }

  /** The indices of the others, which are learned from. */
  public List<Integer> learned(int inFold) {
    return indices(inFold, false);
  }

  private List<Integer> indices(int inFold, boolean inside) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      if ((fold[i] == inFold) == inside) {
        found.add(i);
      }
    }
    return found;
  }
}

package org.sardiffusion.pipelines.batch;

import java.util.List;
import org.sardiffusion.pipelines.plan.BatchException;

/** Which of a plan's images a process makes: several processes may share one folder. */
public sealed interface Share permits Shard, Share.Claimed {
  /** Whatever no other process has claimed. */
  Share CLAIMED = new Claimed();

  /**
   * Groups of images are claimed one by one, so that fast processes make more of them; what a
   * process claimed that is gone is made by others.
   */
  record Claimed() implements Share {
    @Override
    public <T> List<T> of(List<T> groups) {
      return groups;
    }
  }

  /** The groups that may be this process's: whole groups, so that sharing changes no image. */
  <T> List<T> of(List<T> groups);

  /**
   * Reads {@code I/N} or {@code auto}.
   *
   * @throws BatchException if the text is something else
   */
  static Share parse(String text) {
    return text.equals("auto") ? CLAIMED : Shard.parse(text);
  }
}

package org.sardiffusion.pipelines.batch;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sardiffusion.pipelines.plan.PlannedImage;

/** Whose turn each group of images is: this process's, unless the folder is shared by claims. */
final class GroupQueue implements AutoCloseable {
  private final Optional<Claims> claims;
  private final Journal journal;
  private final DiskPatience space;

  private GroupQueue(Optional<Claims> claims, Journal journal, DiskPatience space) {
    this.claims = claims;
    this.journal = journal;
    this.space = space;
  }

  static GroupQueue of(BatchOutput output, Journal journal, DiskPatience space) {
    return new GroupQueue(
        output.shard() instanceof Share.Claimed
            ? Optional.of(Claims.open(output.folder()))
            : Optional.empty(),
        journal,
        space);
  }

  /**
   * Takes a group.
   *
   * @param complete the images that were there before
   * @return the images that need not be made any more; empty if another process has the group
   */
  Optional<Set<String>> take(List<PlannedImage> group, Set<String> complete) {
    if (claims.isEmpty()) {
      return Optional.of(complete);
    }
    AtomicBoolean ours = new AtomicBoolean();
    space.attempt(() -> ours.set(claims.get().claim(group.get(0).id())));
    if (!ours.get()) {
      return Optional.empty();
    }
    // Only now: whoever had the group before may have made it meanwhile.
    Set<String> settled = new HashSet<>(journal.completedElsewhere());
    settled.addAll(complete);
    return Optional.of(settled);
  }

  /** How many groups were taken by claims. */
  int claimed() {
    return claims.map(Claims::count).orElse(0);
  }

  /** Clears up after processes that are gone, once all is made. */
  void sweep() {
    claims.ifPresent(Claims::sweep);
  }

  @Override
  public void close() {
    claims.ifPresent(Claims::close);
  }
}

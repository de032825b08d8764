package org.sardiffusion.pipelines;

import java.util.List;

/**
 * Whether a bundle is what it says, and runs.
 *
 * @param checks what was checked, in order
 */
public record ModelVerification(List<Check> checks) {

  public ModelVerification {
    checks = List.copyOf(checks);
  }

  /** How a check ended. */
  public enum Verdict {
    PASSED,
    /** Nothing is wrong, but something is worth knowing. */
    NOTED,
    FAILED,
    /** It makes no sense after an earlier failure. */
    SKIPPED
  }

  /**
   * One check.
   *
   * @param subject what was checked, such as a file's path in the bundle
   * @param detail what was found, and what to do about a failure
   * @param seconds that it took
   */
  public record Check(String subject, Verdict verdict, String detail, double seconds) {}

  /** Whether nothing failed. */
  public boolean passed() {
    return checks.stream().noneMatch(check -> check.verdict() == Verdict.FAILED);
  }
}

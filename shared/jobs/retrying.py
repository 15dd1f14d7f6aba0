"""When a failed job is tried again: facts without end, other work a few times."""

from procrastinate import BaseRetryStrategy, RetryDecision, RetryStrategy
from procrastinate.jobs import Job

ATTEMPTS = 8
_LONGEST_PAUSE_SECONDS = 300


def pause_seconds(attempts: int) -> int:
    """2, 4, 8 ... and at last five minutes. attempts: failed ones before this one."""
    return int(min(2 ** min(attempts + 1, 10), _LONGEST_PAUSE_SECONDS))


class WithoutEnd(BaseRetryStrategy):
    """For facts: nothing delivers one a second time, so it is never given up."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:  # noqa: ARG002  its signature
        """Always again."""
        return RetryDecision(retry_in={"seconds": pause_seconds(job.attempts)})


A_FEW_TIMES = RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=2)

"""How long a reading may take and how much it may use, in proportion to the pages it really has."""

from dataclasses import dataclass, field

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard limits of one reading; all of it may take `start` and then `page` times its pages.

    start_seconds: to load the libraries and open the files, on the wall and of the processor.
    page_seconds: on the wall, longest silence between one page and the next.
    page_cpu_seconds: of the processor, for each page, in each process. memory_bytes: its address space.
    """

    start_seconds: float = 30.0
    page_seconds: float = 60.0
    page_cpu_seconds: float = 60.0
    memory_bytes: int = 3072 * MEBIBYTE

    def cpu_seconds(self, pages: int) -> int:
        """Processor time of each process for a file of so many pages."""
        return max(1, round(self.start_seconds + self.page_cpu_seconds * pages))


@dataclass(slots=True)
class Patience:
    """When to end a child: silent for too long, or too long altogether. Times are of a steady clock.

    A child can make itself heard as often as it likes: it never gets more than its pages are worth, and it
    never has more pages than are allowed.
    """

    limits: Limits
    most_pages: int
    started: float
    pages: int = 1
    last_heard: float = field(init=False)

    def __post_init__(self) -> None:
        self.last_heard = self.started + self.limits.start_seconds

    def hear(self, now: float) -> None:
        """A page is done, or the files are open: the next one has its own time."""
        self.last_heard = now

    def count(self, pages: int) -> None:
        """How many pages the child says there are."""
        self.pages = max(1, min(pages, self.most_pages))

    def is_over(self, now: float) -> bool:
        """Whether the child has to end."""
        whole = self.limits.start_seconds + self.limits.page_seconds * self.pages
        return now - self.last_heard > self.limits.page_seconds or now - self.started > whole

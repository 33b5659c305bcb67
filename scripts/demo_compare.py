"""Compares what was claimed with what was planted.

Planted: the uses in truth.json (see demo_data). Claimed: objects with at least recording_id, guid, query_start_ms,
query_end_ms, reference_start_ms, reference_end_ms (the lines of `earmark claims list --json`). Claims of status
"review" assert nothing: they wait for a person.
"""
import dataclasses

OFFSET_TOLERANCE_MS = 500  # how far a claim's line may lie from the planted one, at the claim's middle
COVERED_SHARE = 0.5  # of a use, for the use to count as found
EXCESS_MS = 2000  # what a claim may reach beyond its use, in all, before it counts as false


@dataclasses.dataclass
class UseResult:
    """One planted use of a registered recording, and the claims that found it (none: missed)."""
    episode: dict
    use: dict
    claims: list

    @property
    def found(self):
        return bool(self.claims)

    @property
    def start_error_ms(self):
        return min(claim["query_start_ms"] for claim in self.claims) - self.use["query_start_ms"]

    @property
    def end_error_ms(self):
        return max(claim["query_end_ms"] for claim in self.claims) - self.use["query_end_ms"]

    @property
    def reference_error_ms(self):
        """The largest distance of a claim's middle from the planted line."""
        return max((_offset_error(claim, self.use) for claim in self.claims), key=abs)


@dataclasses.dataclass
class Comparison:
    uses: list  # UseResult for each planted use of a registered recording, in the order of the episodes
    false_claims: list  # claims that belong to no planted use, or reach far beyond theirs
    false_reviews: list  # the same, but left to a person
    unclaimed: list  # (episode, use) of unregistered music: nothing was to be claimed there

    @property
    def missed(self):
        return [result for result in self.uses if not result.found]

    @property
    def perfect(self):
        return not self.missed and not self.false_claims


def compare(truth, claims, recording_of):
    """`recording_of`: a registered file of truth.json ("catalogue/…") -> its recording_id."""
    results, unclaimed, right = [], [], set()
    for episode in truth["episodes"]:
        of_episode = [claim for claim in claims if claim["guid"] == episode["guid"]]
        for use in episode["uses"]:
            if not use["registered"]:
                unclaimed.append((episode, use))
                continue
            wanted = recording_of.get(use["file"])
            hits = [claim for claim in of_episode if claim["recording_id"] == wanted and _is_of(claim, use)]
            right.update(id(claim) for claim in hits if _excess(claim, use) <= EXCESS_MS)
            covered = sum(_overlap(claim, use) for claim in hits)
            enough = covered >= COVERED_SHARE * (use["query_end_ms"] - use["query_start_ms"])
            results.append(UseResult(episode, use, hits if enough else []))
    wrong = [claim for claim in claims if id(claim) not in right]
    return Comparison(results, [claim for claim in wrong if not for_review(claim)],
                      [claim for claim in wrong if for_review(claim)], unclaimed)


def for_review(claim):
    return claim.get("status") == "review"


def _overlap(claim, use):
    return max(0, min(claim["query_end_ms"], use["query_end_ms"]) - max(claim["query_start_ms"], use["query_start_ms"]))


def _offset_error(claim, use):
    middle = (claim["query_start_ms"] + claim["query_end_ms"]) / 2
    expected = use["reference_start_ms"] + (middle - use["query_start_ms"]) * use["speed"]
    return (claim["reference_start_ms"] + claim["reference_end_ms"]) / 2 - expected


def _excess(claim, use):
    return claim["query_end_ms"] - claim["query_start_ms"] - _overlap(claim, use)


def _is_of(claim, use):
    return _overlap(claim, use) > 0 and abs(_offset_error(claim, use)) <= OFFSET_TOLERANCE_MS

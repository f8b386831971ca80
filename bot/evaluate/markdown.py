"""The report as Markdown, for engineers and for a clinic's manager."""

from __future__ import annotations

from collections.abc import Mapping

from bot.evaluate import sections
from bot.evaluate.layout import Report, headline, in_order, known_first, span, table
from bot.evaluate.metrics import MEASURES
from bot.evaluate.sections import SYSTEMS
from knowledge.model import TOPICS

STYLES = {"plain": "plain", "reworded": "reworded", "sms": "SMS", "anxious": "anxious", "two": "two in one"}
LIMITS = """\
- The messages were written by language-model sessions from the clinics' public pages, not by patients
  ([datasheet](../tests/gold/README.md)); real spelling and real worries may be harder.
- A reply is right when its text matches the row's patterns and an entry of the row's clinic was given. A pattern can
  miss a right answer in unforeseen words, and can pass a text that states the fact beside the point.
- One message a conversation: follow-ups are tested by scripted conversations (`tests/e2e`), not here.
- Nothing here says that an answer is medically right: no clinician has reviewed the example FAQs.
- English alone. Crisis and emergency messages are not among the questions."""


def render(report: Report, pictures: Mapping[str, str]) -> str:
    """The report's text; `pictures` names the picture file of each figure that was drawn."""
    parts = [
        _opening(report),
        _systems(report),
        _ranking(report),
        _groups(report),
        sections.curves(report, pictures),
        sections.ablation(report, pictures),
        sections.off_topic(report["off_topic"]),
        sections.nlu(report["nlu"], pictures),
        f"## What this does not show\n\n{LIMITS}",
        _made(report["about"]),
    ]
    return "\n\n".join(p for p in parts if p) + "\n"


def _opening(report: Report) -> str:
    about = report["about"]
    both = report["systems"][about["first"]]
    rows = [
        (name, one, two)
        for (name, one), (_, two) in zip(headline(both["headline"]), headline(both["seen"]), strict=True)
    ]
    clarified = sum(both["headline"][part]["clarify"] for part in ("answerable", "unanswerable"))
    text = (
        f"# Evaluation\n\nHow the assistant answers the {about['gold']['rows']} gold questions. The headline is the "
        f"split `{about['split']}`; the other splits were looked at while the search was built.\n\n"
        f"{table(('figure', about['split'], 'other splits'), rows)}\n\n"
        "Right: the reply states the fact, from an entry of the patient's own clinic. Declined: no entry was given, "
        "whatever was said instead."
    )
    text += f" Of the split's messages {clarified} were asked back (counted as declined)." if clarified else ""
    return text + _promise(report["promise"])


def _promise(promise: Report | None) -> str:
    if not promise:
        return ""
    here = promise["here"]
    share = here["wrong"] / here["answered"] if here["answered"] else 0.0
    kept = "kept" if share <= promise["risk"] else "not kept"
    return (
        f"\n\n**The promise**: with {100 * promise['confidence']:.0f} % confidence at most "
        f"{100 * promise['risk']:.0f} % of the sure answers are mistaken: given to what was not asked, or to what "
        f"the page does not say. The threshold for sure answers was chosen for it on other questions "
        f"({promise['wrong']} of {promise['answered']} mistaken there). On this split {here['wrong']} of "
        f"{here['answered']} are, {100 * share:.1f} %: {kept}. Answers below it name the question that they take for "
        "asked; nothing is promised of those, and the figures above hold them all."
    )


def _systems(report: Report) -> str:
    rows = []
    for name, both in in_order(report, report["systems"]):
        scores = both["headline"]
        rows.append(
            (
                SYSTEMS.get(name, name),
                span(scores["answerable"]["right"]),
                span(scores["answerable"]["wrong"]),
                span(scores["answerable"]["declined"]),
                span(scores["unanswerable"]["declined"]),
            )
        )
    head = ("system", "right", "wrong", "declined", "unanswerable declined")
    return (
        "## Beside the baselines\n\nPer cent, with 95 % intervals (bootstrap over facts). The baselines that search "
        "our catalogue give the same clinic's answers; a passage of the page is right when it holds the fact, and is "
        f"given always (by BM25, where it shares a word with the message).\n\n{table(head, rows)}"
    )


def _ranking(report: Report) -> str:
    found = report["ranking"]
    if not found["systems"]:
        return ""
    names = list(MEASURES)
    rows = [
        (
            SYSTEMS.get(system, system),
            *(f"{m[n]['value']:.3f} ({m[n]['low']:.3f} to {m[n]['high']:.3f})" for n in names),
        )
        for system, m in in_order(report, found["systems"])
    ]
    return (
        "## How far up the right question stands\n\n"
        f"Over {found['queries']} things asked that the catalogue has a question for ({found['unlabelled']} have "
        "none). `hit`: one of the labelled questions is there; `recall`: the share of the labelled ones that is."
        f"\n\n{table(('system', *names), rows)}"
    )


def _groups(report: Report) -> str:
    tables = "\n\n".join(_group(name, report["by"][name]) for name in ("clinic", "style", "topic"))
    return (
        "## By clinic, style and topic\n\nAn interval of 100 to 100 says that no message failed, not that none will."
        f"\n\n{tables}"
    )


def _group(title: str, groups: Report) -> str:
    rows = [
        (
            TOPICS.get(name, STYLES.get(name, name)),
            span(scores["answerable"]["right"]),
            str(scores["answerable"]["rows"]),
            span(scores["unanswerable"]["declined"]),
            str(scores["unanswerable"]["rows"]),
        )
        for name, scores in [(name, groups[name]) for name in known_first(groups, (*STYLES, *TOPICS))]
    ]
    return table((title, "right", "of", "unanswerable declined", "of"), rows)


def _made(about: Report) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in sorted(about["versions"].items()))
    built = "; ".join(f"{what} `{name}`" for what, name in sorted(about["built"].items()))
    return (
        f"## How this was made\n\n`faqbot evaluate`, seed {about['seed']}, {about['draws']} bootstrap draws. Gold "
        f"questions SHA-256 `{about['gold']['sha256']}`; {built}. "
        f"{versions}. All figures are in `evaluation.json`; [docs/evaluation.md](../docs/evaluation.md) says how to "
        "read them."
    )

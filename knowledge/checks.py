"""`faqbot knowledge check`: what staff must mend before the content may be served."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

from knowledge import gsm7
from knowledge.load import Problem, read
from knowledge.model import Answer, Clinic, Knowledge, Question
from knowledge.numbers import claims, contradict, numbers
from knowledge.text import key

MIN_PHRASINGS = 15
MAX_TEXT = 450  # the reply has 600; the rest is for lines that the assistant adds
MAX_SMS = 200  # the reply has 306; the rest is the source
MAX_SHORT_NAME = 20
DRAFT = "[copied from the page:"  # begins the line that `faqbot knowledge import` puts under each draft


def check(root: Path, *, today: date) -> list[Problem]:
    """Every fault of the content under `root`, of form and of meaning, in file order (old reviews: `reviews.stale`)."""
    knowledge, problems = read(root)
    problems = problems + list(check_meaning(knowledge, today=today))
    return sorted(problems, key=lambda p: (p.place.file, p.place.line))


def check_meaning(knowledge: Knowledge, *, today: date) -> Iterator[Problem]:
    """Faults in content whose form is right."""
    yield from _check_questions(knowledge.all_questions())
    known = {q.id for q in knowledge.questions}
    for clinic in knowledge.clinics:
        own = {q.id for q in clinic.own_questions}
        yield from _check_clinic(clinic)
        for answer in clinic.answers:
            yield from _check_answer(answer, known | own, today)
        yield from _check_contradictions(clinic)


def _check_questions(questions: tuple[Question, ...]) -> Iterator[Problem]:
    ids: dict[str, Question] = {}
    said: dict[str, Question] = {}
    known = {q.id for q in questions}
    for question in questions:
        if question.id in ids:
            first = ids[question.id].place
            yield Problem(question.place, f"question id '{question.id}' stands at {first} too", "rename one")
        ids[question.id] = question
        for field, named in (("rule", question.rule), ("reason", question.reason)):
            if named and named not in known:
                yield Problem(
                    question.place, f"{field} '{named}' is no question", "name one by its id, or leave it out"
                )
        phrasings = {key(p) for p in question.phrasings} - {""}
        for field, value in (("clause", question.clause), ("heading", question.heading)):
            odd = " ".join(sorted(gsm7.outside(value)))
            if odd:
                yield Problem(question.place, f"{field} has characters outside GSM-7: {odd}", "it stands in SMS")
        if len(phrasings) < MIN_PHRASINGS:
            yield Problem(
                question.place,
                f"question '{question.id}' has {len(phrasings)} phrasings",
                f"write at least {MIN_PHRASINGS}, from different voices",
            )
        for phrasing in (question.heading, *question.phrasings):
            first_question = said.setdefault(key(phrasing), question)
            if first_question.id != question.id:
                yield Problem(
                    question.place,
                    f"phrasing '{phrasing}' of '{question.id}' stands under '{first_question.id}' "
                    f"({first_question.place}) too",
                    "keep it where most patients mean it",
                )


def _check_clinic(clinic: Clinic) -> Iterator[Problem]:
    if len(clinic.short_name) > MAX_SHORT_NAME:
        yield Problem(
            clinic.place,
            f"short_name has {len(clinic.short_name)} characters",
            f"at most {MAX_SHORT_NAME}, it stands in every SMS",
        )
    if gsm7.outside(clinic.short_name):
        odd = " ".join(sorted(gsm7.outside(clinic.short_name)))
        yield Problem(clinic.place, f"short_name has characters outside GSM-7: {odd}", "use plain letters")
    entries: dict[str, Answer] = {}
    answered: dict[str, Answer] = {}
    for answer in clinic.answers:
        if answer.id in entries:
            yield Problem(
                answer.place, f"entry id '{answer.id}' stands at {entries[answer.id].place} too", "rename one"
            )
        entries[answer.id] = answer
        for question in answer.questions:
            if question in answered:
                yield Problem(
                    answer.place,
                    f"question '{question}' is answered at {answered[question].place} too",
                    "keep one answer to it",
                )
            answered[question] = answer


def _check_answer(answer: Answer, known: set[str], today: date) -> Iterator[Problem]:
    def problem(what: str, mend: str) -> Problem:
        return Problem(answer.place, f"entry '{answer.id}': {what}", mend)

    if not answer.questions:
        yield problem("answers no question", "name one in the line '- questions: ...'")
    for question in answer.questions:
        if question not in known:
            yield problem(f"no question '{question}'", "see `faqbot knowledge list --questions`")
    if DRAFT in answer.text:
        yield problem("a draft, copied from the page", f"write the clinic's own words and remove '{DRAFT} ...]'")
    if len(answer.text) > MAX_TEXT:
        yield problem(f"text has {len(answer.text)} characters", f"at most {MAX_TEXT}: make it two entries")
    if gsm7.length(answer.sms) > MAX_SMS:
        yield problem(f"sms has {gsm7.length(answer.sms)} characters", f"at most {MAX_SMS}: say it shorter")
    odd = gsm7.outside(answer.sms)
    if odd:
        yield problem(
            f"sms has characters outside GSM-7: {' '.join(sorted(odd))}",
            "use plain quotes, hyphens and letters",
        )
    strange = numbers(answer.sms) - numbers(answer.text)
    if strange:
        yield problem(f"sms says {', '.join(sorted(strange))} and the text does not", "make both say the same numbers")
    if answer.reviewed > today:
        yield problem(f"review date {answer.reviewed} is in the future", "write the day of the review")


def _check_contradictions(clinic: Clinic) -> Iterator[Problem]:
    stated = [(answer, claim) for answer in clinic.answers for claim in claims(answer.text)]
    reported: set[tuple[str, str]] = set()
    for (answer, claim), (other, second) in combinations(stated, 2):
        if answer.id == other.id or (answer.id, other.id) in reported or not contradict(claim, second):
            continue
        if any(claim.values | second.values <= _stated(a, claim.unit) for a in (answer, other)):
            continue  # the entry names both figures: the page's contradiction is shown, not hidden
        reported.add((answer.id, other.id))
        yield Problem(
            other.place,
            f"entry '{other.id}' says '{second.sentence}' and '{answer.id}' ({answer.place}) says '{claim.sentence}'",
            "correct one number, or state both with where each holds",
        )


def _stated(answer: Answer, unit: str) -> set[str]:
    """The values of one unit that an answer states."""
    return {value for claim in claims(answer.text) if claim.unit == unit for value in claim.values}

"""Each row of the fault table is a test, and each test of a fault has its row."""

from __future__ import annotations

import re

from bot.bench import faults

WHOLE = {  # shown below the table
    "test_conversations_that_hop_between_two_workers_stay_whole",
    "test_texts_of_one_patient_are_answered_in_order_by_two_workers",
    "test_every_event_reaches_the_broker",
}


def test_the_fault_table_names_every_test_of_a_fault_and_no_other() -> None:
    rows = {name for names in faults.rows(faults.TABLE.read_text(encoding="utf-8")).values() for name in names}
    tests = {
        name
        for file in faults.TESTS.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.M)
    }
    assert rows | WHOLE == tests and not rows & WHOLE

"""Postal addresses: found as people write them, and not in questions about driving, places and doctors."""

from __future__ import annotations

import pytest

from bot.safety.addresses import ADDRESS


@pytest.mark.parametrize(
    "address",
    [
        "12 Oak Park Apt 3",
        "12 oak park apt 3",
        "12 oak st",
        "45 Maple Drive",
        "45 maple drive, Anytown",
        "6 mock hill dr, basement door",
        "12 oak dr 22201",
        "77 oak ln",
        "123 old mill road",
        "742 Sample Terrace",
        "350 5th Ave",
        "88 St. Johns Place",
        "100 Dr. Martin Luther King Jr. Blvd",
        "12 Lake of the Woods Drive",
        "4500 La Ficticia Blvd",
        "123 A Street",
        "7 E 14th St",
        "14 Night Heron Ct",
        "1010 Miles Ave",
        "12 OAK DRIVE APT 4",
        "19 Friendly Way",
        "300 main st unit 2b",
        "2 Pine Ct",
        "P.O. Box 123",
        "po box 55",
    ],
)
@pytest.mark.parametrize("frame", ["{}", "i live at {}", "mail it to {}, please"])
def test_an_address_is_found(address: str, frame: str) -> None:
    assert ADDRESS.search(frame.format(address))


@pytest.mark.parametrize("rest", ["apt 3", "unit 2B", "# 5"])
def test_the_apartment_goes_with_the_street(rest: str) -> None:
    assert ADDRESS.sub("[address]", f"it is 300 Main Street {rest}, thanks") == "it is [address], thanks"


@pytest.mark.parametrize(
    "text",
    [
        "do I have to wait 24 hours before I drive",
        "WAIT 24 HOURS TO DRIVE",
        "24 Hours Before I Drive?",
        "it's a 2 Hour Drive",
        "after 2 hours can i drive",
        "how long after a 40 minute infusion can i drive",
        "24 hours no way?",
        "how much for 6 sessions at your place",
        "Can I Drive After 6 Infusions At Your Place",
        "I take 2 pills of st johns wort",
        "300 mg St John's wort",
        "300 St. John's wort",
        "will u talk 2 my dr",
        "when is it safe 4 him 2 drive",
        "can my shrink point me 2 a good place",
        "didnt qualify 4 credit other way to pay?",
        "i weigh 240 and drive a truck",
        "can my 17 year old drive me",
        "I took 3 Advil, Dr. Smith said it is fine",
        "I had 2 Brain CT scans",
        "is it 5 minutes from main street",
        "2 blocks down the street",
        "a 2 day road trip",
        "is there a 1 way street",
        "your 9 am apt 2",
        "2 infusions apt 3",
        "He swears by his 1989 Volvo. In what way is this better?",
        "puedo salir a la calle 24 horas despues",
    ],
)
def test_everyday_words_behind_a_number_are_no_address(text: str) -> None:
    assert ADDRESS.search(text) is None

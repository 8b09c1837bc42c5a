"""A mission's page: its forms record what `act` records, for those who may, once, or say why not."""

from __future__ import annotations

import re

import pytest

from supercargo.app.operations.asking import mission_seen
from supercargo.app.operations.desk import Desk
from tests.board_forms import form_shown, sent
from tests.test_board import SCRIPT, client_of, desk

__all__ = ["desk"]  # the store of the pages' tests

PATH = "/missions/TN-01"


def count_of(desk: Desk) -> int:
    return desk.store.head().position


def test_only_those_see_forms_who_may_record_and_others_are_turned_away(desk: Desk) -> None:
    reader = client_of(desk, "dora")
    assert 'class="act"' not in reader.get(PATH).text
    before = count_of(desk)
    answer = reader.post(PATH, data={"do": "launch", "key": "k", "form": "launch"})
    assert (answer.status_code, count_of(desk)) == (403, before)
    evil = client_of(desk, "cora").post(PATH, data={"do": "launch", "key": "k"}, headers={"Origin": "http://evil.example"})
    assert (evil.status_code, count_of(desk)) == (403, before)


def test_a_gate_is_passed_on_evidence_and_the_page_tells_who_said_so(desk: Desk) -> None:
    client = client_of(desk, "cora")
    status, where = sent(client, PATH, "gate", "gate-pass", word="minutes 12")
    assert (status, where) == (303, PATH)
    assert "cora: minutes 12" in client.get(PATH).text
    gates = mission_of(desk)["gates"]
    assert [gate["by"] for gate in gates if gate["state"] == "passed"] == ["cora"]


def mission_of(desk: Desk) -> dict[str, list[dict[str, str]]]:
    with desk.views() as view:
        return dict(mission_seen(view, "TN-01"))  # type: ignore[arg-type]


def test_a_form_sent_twice_is_one_act(desk: Desk) -> None:
    client = client_of(desk, "cora")
    action, held = form_shown(client.get(PATH).text, "incident-new")
    typed = {**held, "name": "I-1", "word": "a valve sticks", "do": "incident-open"}
    before = count_of(desk)
    answers = [client.post(action.partition("#")[0], data=typed).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert count_of(desk) == before + 1


def test_what_is_refused_is_told_beside_its_form_with_what_was_typed(desk: Desk) -> None:
    client = client_of(desk, "cora")
    before = count_of(desk)
    status, text = sent(client, PATH, "slip", "slip", to="2026-01-01T00:00", word="the range is shut")
    assert status == 409
    told = re.search(r'id="form-slip".*?role="alert"><p>(.*?)</p>', text, re.S)
    assert told is not None
    assert "the slip is not later: state a later instant" in told[1]
    assert 'value="the range is shut"' in text
    assert count_of(desk) == before


def test_a_form_that_names_no_showing_and_words_out_of_form_are_refused(desk: Desk) -> None:
    client = client_of(desk, "cora")
    before = count_of(desk)
    assert client.post(PATH, data={"do": "launch"}).status_code == 422
    assert sent(client, PATH, "procedure", "procedure-open", name="P", lines="one\n2 | Good | two")[0] == 422
    assert "line 1, 2" in sent(client, PATH, "procedure", "procedure-open", name="P", lines="one\n2 | Good | two")[1]
    assert sent(client, PATH, "slip", "slip", to="soon", word="w")[0] == 422
    assert sent(client, PATH, "slip", "nonsense", to="2027-05-01T00:00", word="w")[0] == 422
    assert client.post("/missions/NO", data={"do": "launch", "key": "k"}).status_code == 404
    assert count_of(desk) == before


def test_a_hostile_word_in_every_field_stays_a_word(desk: Desk) -> None:
    client = client_of(desk, "cora")
    for form, do in (("incident-new", "incident-open"), ("poll", "poll-open"), ("procedure", "procedure-open")):
        lines = f"{SCRIPT} | {SCRIPT}"
        assert sent(client, PATH, form, do, name=SCRIPT, word=SCRIPT, lines=lines)[0] == 303
    text = client.get(PATH).text
    assert SCRIPT not in text
    assert text.count("&lt;script&gt;") >= 3


def test_a_poll_is_opened_answered_and_void_after_a_slip(desk: Desk) -> None:
    client = client_of(desk, "cora")
    assert sent(client, PATH, "poll", "poll-open", name="cargo; safety")[0] == 303
    assert sent(client, PATH, "answer", "poll-no-go", name="cargo", word="")[0] == 409
    assert sent(client, PATH, "answer", "poll-go", name="cargo")[0] == 303
    assert "by cora" in client.get(PATH).text
    launch = mission_of(desk)["missions"][0]["launch_utc"]
    later = f"{int(launch[:4]) + 1}{launch[4:16]}"
    assert sent(client, PATH, "slip", "slip", to=later, word="the range is shut")[0] == 303
    text = client.get(PATH).text
    assert "is void" in text
    assert 'id="form-answer"' not in text


def test_a_procedure_is_signed_step_by_step(desk: Desk) -> None:
    client = client_of(desk, "cora")
    assert sent(client, PATH, "procedure", "procedure-open", name="late load", lines="1 | Open | 1\n2 | Close | 1")[0] == 303
    forms = re.findall(r'id="form-(sign-\d+)"', client.get(PATH).text)
    chosen = next(one for one in forms if form_shown(client.get(PATH).text, one)[1]["name"] == "late load")
    assert sent(client, PATH, chosen, "sign", word="seen")[0] == 303
    steps = {step["step"]: step["state"] for step in mission_of(desk)["steps"] if step["procedure"] == "late load"}
    assert steps == {"1": "signed", "2": "due"}


def test_the_stowage_turns_comes_apart_and_is_unloaded_by_links_and_every_box_is_a_row(desk: Desk) -> None:
    client = client_of(desk, "dora")
    whole = client.get(f"{PATH}/stowage").text
    count = whole.count("unloaded as ")
    assert count >= 1
    assert len(re.findall(r"<tr><th", whole.partition("<tbody>")[2])) == count
    for link in ("turn=1", "explode=100", "step=1"):
        assert link in whole
    after = client.get(f"{PATH}/stowage?turn=5&explode=40&step=1").text
    assert after.count("unloaded as ") == count - 1
    assert "turn=6" in after
    assert after.split("<svg")[1] != whole.split("<svg")[1]


@pytest.mark.parametrize("query", ["turn=8", "turn=x", "explode=101", "step=-1"])
def test_a_stowage_beyond_its_range_is_refused_on_a_page(desk: Desk, query: str) -> None:
    answer = client_of(desk, "dora").get(f"{PATH}/stowage?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")

"""不用鼠标、不看屏幕，每幅可操作的图都走得通：依次遇到的、听到的，与记下的一份一样。"""

import pytest

from tests.live.conftest import EVERY
from tests.live.spoken import OPTIONS, heard, stored


@pytest.mark.parametrize("figure", EVERY, ids=lambda figure: figure.module)
def test_the_way_through_is_as_written(stage, figure):
    page = stage(figure(), **OPTIONS)
    assert heard(page) == stored(figure).read_text(encoding="utf-8")


@pytest.mark.parametrize("figure", EVERY, ids=lambda figure: figure.module)
def test_everything_to_press_has_a_name(figure):
    """Tab 停下的每一处都说得出自己是什么、叫什么。"""
    _, _, rest = stored(figure).read_text(encoding="utf-8").partition("# Tab 依次停在\n")
    stops = rest.partition("\n# ")[0].strip().splitlines()
    assert stops and all(len(stop.split(maxsplit=1)) == 2 for stop in stops)
    assert {stop.split()[0] for stop in stops} <= {"button", "radio", "slider", "spinbutton"}

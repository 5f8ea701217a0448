"""The HTML report in a real browser: nothing overlaps, layers read top to bottom, a violation is three clicks away.

The browser is Debian's chromium with its driver. Where ARCHWRIGHT_BROWSER=required is set, as CI does, its absence fails.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_harness import Project, run_check
from git_project import CLEAN, SHORTCUT, GitProject
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
REQUIRED = os.environ.get("ARCHWRIGHT_BROWSER") == "required"
pytestmark = pytest.mark.skipif(
    not REQUIRED and not (CHROMIUM and DRIVER),
    reason="needs chromium and chromedriver: apt-get install chromium-driver",
)

DESK, PHONE = (1400, 1000), (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    assert CHROMIUM, "chromium is required here"
    assert DRIVER, "chromedriver is required here"
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of a small project with a violation, an undecided import and a waived violation."""
    project = GitProject(tmp_path_factory.mktemp("project"))
    project.write(
        {
            **CLEAN,
            "src/shop/api/new.py": SHORTCUT,
            "src/shop/api/old.py": SHORTCUT,
            "src/shop/engines/late.py": "import importlib\n\n\ndef load(name):\n    return importlib.import_module(name)\n",
            "contracts/waivers.yaml": "waivers:\n  - {contract: layers, symbol: shop.api.old, owner: team-orders, "
            "reason: goes in autumn, until: 2026-09-30}\n",
        }
    )
    target = project.directory / "report.html"
    done = project.archwright("check", "--today", "2026-06-01", f"--format=html={target}")
    assert done.returncode == 1
    return target.as_uri()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of a package of somebody else, against the contracts kept for it here."""
    project = Project.create("starlette", tmp_path_factory.mktemp("starlette"))
    target = project.directory / "report.html"
    assert run_check(project.directory, f"--format=html={target}").returncode in (0, 1)
    return target.as_uri()


def open_page(browser: Any, page: str, size: tuple[int, int] = DESK, *, dark: bool = False) -> None:
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    browser.get_log("browser")
    browser.get(page)


def visible(browser: Any) -> list[Any]:
    return [card for card in browser.find_elements(By.CSS_SELECTOR, "article.finding") if card.is_displayed()]


OVERLAPS = """
const boxes = [...document.querySelectorAll('.chip, .band .head, h2, .group h4, th, td, article.finding, .filters > *, header > *')]
  .filter((e) => e.offsetParent !== null && e.getClientRects().length)
  .map((e) => [e, e.getBoundingClientRect()]);
const bad = [];
for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
  const [e, a] = boxes[i], [f, b] = boxes[j];
  if (e.contains(f) || f.contains(e)) continue;
  if (e.closest('header') || f.closest('header')) { if (!(e.closest('header') && f.closest('header'))) continue; }
  if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
    bad.push(e.textContent.slice(0, 30) + ' / ' + f.textContent.slice(0, 30));
}
return bad;
"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["page", "large"])
def test_nothing_overlaps_and_nothing_is_cut_off(
    browser: Any, name: str, size: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    open_page(browser, request.getfixturevalue(name), size)
    assert browser.execute_script(OVERLAPS) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= size[0]
    clipped = (
        "return [...document.querySelectorAll('.band .head p, h2, .message, dd')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert browser.execute_script(clipped) == 0


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_layers_read_from_top_to_bottom(browser: Any, page: str, size: tuple[int, int]) -> None:
    open_page(browser, page, size)
    bands = browser.find_elements(By.CSS_SELECTOR, ".band")
    assert [band.find_element(By.TAG_NAME, "h3").text.split()[0] for band in bands] == [
        "API",
        "Engines",
        "Drivers",
    ]
    tops = [band.rect["y"] for band in bands]
    assert tops == sorted(tops)
    for band in bands:
        for chip in band.find_elements(By.CSS_SELECTOR, ".chip"):
            assert band.rect["y"] < chip.rect["y"] < band.rect["y"] + band.rect["height"]


def test_a_forbidden_import_is_a_red_line_between_its_two_modules(browser: Any, page: str) -> None:
    open_page(browser, page)
    (line,) = browser.find_elements(By.CSS_SELECTOR, "#edges path.s2")
    red = line.value_of_css_property("stroke")
    box = line.rect
    new = browser.find_element(By.CSS_SELECTOR, '.chip[title="shop.api.new"]').rect
    driver = browser.find_element(By.CSS_SELECTOR, '.chip[title="shop.drivers.orders"]').rect
    assert abs(box["y"] - (new["y"] + new["height"])) < 3
    assert abs(box["y"] + box["height"] - driver["y"]) < 3
    assert red != browser.find_element(By.CSS_SELECTOR, "#edges path.s3").value_of_css_property("stroke")
    assert len(browser.find_elements(By.CSS_SELECTOR, "#edges path.s0")) == 0
    browser.find_element(By.ID, "all-edges").click()
    assert len(browser.find_elements(By.CSS_SELECTOR, "#edges path.s0")) == 2


def test_a_violation_is_one_click_from_the_matrix(browser: Any, page: str) -> None:
    open_page(browser, page)
    assert len(visible(browser)) == 4
    browser.find_element(By.CSS_SELECTOR, '.count.FAIL[data-kind="imports"]').click()
    (card,) = visible(browser)
    assert "shop.api.new (API) must not import Drivers" in card.text
    assert card.find_element(By.TAG_NAME, "mark").text == "find"
    assert "Ask an engine." in card.text
    top = browser.execute_script("return arguments[0].getBoundingClientRect().top", card)
    assert 0 <= top < DESK[1], "the browser has scrolled to it"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_violation_is_two_clicks_from_the_layers(browser: Any, page: str, size: tuple[int, int]) -> None:
    open_page(browser, page, size)
    browser.find_element(By.CSS_SELECTOR, '.chip[title="shop.api.new"]').click()
    panel = browser.find_element(By.ID, "chosen")
    assert panel.is_displayed()
    assert "shop.drivers.orders" in panel.text
    browser.find_element(By.ID, "its-findings").click()
    (card,) = visible(browser)
    assert "src/shop/api/new.py:1:33" in card.text
    assert browser.find_element(By.ID, "shown").text == "1 of 4 in src/shop/api/new.py"


def test_imports_of_a_module_can_be_followed(browser: Any, page: str) -> None:
    open_page(browser, page)
    browser.find_element(By.CSS_SELECTOR, '.chip[title="shop.engines.orders"]').click()
    assert len(browser.find_elements(By.CSS_SELECTOR, "#edges path.out")) == 1
    assert len(browser.find_elements(By.CSS_SELECTOR, "#edges path.in")) == 1
    panel = browser.find_element(By.ID, "chosen")
    next(
        b for b in panel.find_elements(By.CSS_SELECTOR, "li button") if b.text == "shop.drivers.orders"
    ).click()
    assert panel.find_element(By.TAG_NAME, "h3").text == "shop.drivers.orders"
    assert "imported by (3)" in panel.text
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    assert not panel.is_displayed()


def test_searching_and_filtering(browser: Any, page: str) -> None:
    open_page(browser, page)
    search = browser.find_element(By.ID, "search")
    search.send_keys("LATE  import")
    assert {card.get_attribute("data-state") for card in visible(browser)} == {"WARN"}
    search.send_keys(" nonsense")
    assert visible(browser) == []
    browser.find_element(By.ID, "reset").click()
    assert len(visible(browser)) == 4
    for box in browser.find_elements(By.CSS_SELECTOR, ".states input"):
        if box.get_attribute("value") != "suppressed":
            box.click()
    (card,) = visible(browser)
    assert "until 2026-09-30 by team-orders: goes in autumn" in card.text


def test_light_and_dark(browser: Any, page: str) -> None:
    def background() -> str:
        return str(browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color"))

    open_page(browser, page, dark=False)
    light = background()
    open_page(browser, page, dark=True)
    dark = background()
    assert light != dark
    browser.find_element(By.ID, "theme").click()
    assert background() == light
    browser.find_element(By.ID, "theme").click()
    assert background() == dark


def test_nothing_is_asked_of_the_network_and_nothing_is_complained_about(browser: Any, page: str) -> None:
    browser.get_log("performance")
    open_page(browser, page)
    asked = {
        message["params"]["request"]["url"]
        for message in (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
        if message["method"] == "Network.requestWillBeSent"
    }
    assert asked == {page}
    assert browser.get_log("browser") == []


def test_the_page_of_configuration_errors(browser: Any, tmp_path: Path) -> None:
    project = GitProject(tmp_path)
    project.write({**CLEAN, "contracts/more.yaml": "contract: []\n"})
    target = tmp_path / "report.html"
    assert project.archwright("check", f"--format=html={target}").returncode == 2
    open_page(browser, target.as_uri(), PHONE)
    (card,) = visible(browser)
    assert 'unknown key "contract"' in card.text
    assert "contracts/more.yaml:1:1" in card.text
    assert browser.get_log("browser") == []

"""Writes the sample files of an invented small business, Lakeside Garden Supply, with what they must give.

    python tests/make_samples.py [OUT]        (OUT: resources/samples)

The same bytes come out on every run: one fixed seed, no clock, no set order, fixed dates in the workbook. Every row
is planted together with the addresses it truly holds, and `expected.json` (cleaning) and `expected-imports.json`
follow from those, never from the program.
People and domains are invented; all domains end in .example (RFC 2606).
"""

import csv
import datetime as dt
import hashlib
import io
import json
import random
import re
import sys
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import canonicalize
from zoneinfo import ZoneInfo

import idna
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

SEED = 2026_11_24
SAMPLES = Path(__file__).resolve().parents[1] / "resources" / "samples"
NEW_YORK = ZoneInfo("America/New_York")
EXPORTED = dt.datetime(2026, 11, 20, 9, 0)
ZERO_WIDTH_SPACE = "\u200b"
NO_BREAK_SPACE = "\u00a0"
FULL_WIDTH_AT = "\uff20"

T = TypeVar("T")


# --- The opt-out requests ------------------------------------------------------------------------------------------
# address | received (New York; a bare date where only the day is known) | channel | scope | recorded by | done | note
# First the five still open (the Today screen), then those of the Opt-outs screen (Pinecrest was due on 6 November and
# is late), then what was closed earlier in the year.

OPT_OUTS_TABLE = """
maria.ortiz@lakeside.example        | 2026-11-10 16:42 | phone            | all        | Ana |                  | Please take me off everything.
hello@brightpaws.example            | 2026-11-12 09:05 | reply            | Newsletter |     |                  | No more newsletters, please.
j.okafor@northgate.example          | 2026-11-20 11:30 | web-form         | all        |     |                  |
sales@ferrystreet.example           | 2026-11-23 08:14 | letter           | all        |     |                  | Typed letter, signed by the owner.
p.lindqvist@fjord.example           | 2026-11-24 10:51 | in-person        | all        | Ana |                  | Asked at the counter.
*@competitor.example                | 2026-11-03 14:20 | in-person        | all        | Ana | 2026-11-03 15:05 | Nobody there wants our mail.
t.nguyen@harbor.example             | 2026-11-02 07:58 | platform-export  | all        |     | 2026-11-03 09:10 | Mailchimp, unsubscribed
info@riverbend.example              | 2026-10-30 18:26 | complaint        | all        |     | 2026-11-02 08:45 | Marked as spam at the mailbox provider
e.fischer@müller.example            | 2026-10-29       | letter           | all        | Ben | 2026-10-30 11:15 | Postcard, filed under F
k.sato@hinode.example               | 2026-10-28 12:03 | reply            | Promotions |     | 2026-10-28 16:30 | Sale mails only, keep the newsletter.
accounts@dunmore.example            | 2026-10-26 06:41 | platform-export  | all        |     | 2026-10-27 09:30 | Mailchimp, unsubscribed
w.brandt@oststern.example           | 2026-10-26 03:17 | platform-export  | all        |     | 2026-10-27 09:32 | Mailchimp, unsubscribed
orders@pinecrest.example            | 2026-10-23 15:48 | web-form         | all        |     | 2026-11-09 10:20 | Overlooked in QuickBooks
d.whitaker@maplehill.example        | 2026-10-19 08:12 | list-unsubscribe | all        |     | 2026-10-19 17:00 |
ruth.avery@birchwood.example        | 2026-10-14 19:55 | link             | Newsletter |     | 2026-10-15 09:05 |
office@hillside-dental.example      | 2026-10-08 10:30 | phone            | all        | Ben | 2026-10-08 10:50 | Front desk rang.
s.lindgren@stonebridge.example      | 2026-10-01 21:14 | link             | all        |     | 2026-10-02 08:40 |
carlos.mendez@mailbox.example       | 2026-09-24 13:37 | reply            | all        |     | 2026-09-24 15:00 | “Stop, thank you.”
info@redbarn.example                | 2026-09-17 05:02 | bounce           | all        |     | 2026-09-17 09:00 | Mailbox closed for good (550 5.1.1)
h.dubois@sugarhouse.example         | 2026-09-15 11:45 | in-person        | Promotions | Ben | 2026-09-16 08:30 | At the farmers' market
n.petrov@postbox.example            | 2026-09-08 22:09 | list-unsubscribe | all        |     | 2026-09-09 08:55 |
g.moreau@bluebell-florist.example   | 2026-08-27 14:26 | web-form         | all        |     | 2026-08-28 09:20 |
tom.hadley@applegate.example        | 2026-08-20 16:10 | phone            | Newsletter | Ana | 2026-08-20 16:25 | Moving house, may come back.
yuki.tanaka@greenpost.example       | 2026-08-11 07:33 | link             | all        |     | 2026-08-12 09:00 |
accounts@quarry-stone.example       | 2026-08-04       | letter           | all        | Ana | 2026-08-05 10:05 | Sent with their invoice
b.kowalski@homemail.example         | 2026-07-28 04:50 | platform-export  | all        |     | 2026-07-29 09:15 | Mailchimp, unsubscribed
fiona.o'brien@thistle.example       | 2026-07-21 09:28 | reply            | all        |     | 2026-07-21 13:00 | Take me off, please.
l.haddad@foxglove-studio.example    | 2026-07-14 20:41 | link             | Promotions |     | 2026-07-15 09:10 |
principal@elmstreet-school.example  | 2026-07-07 11:05 | phone            | all        | Ben | 2026-07-07 11:30 | School policy, no marketing mail
r.castellano@netlane.example        | 2026-06-30 17:52 | complaint        | all        |     | 2026-07-01 08:50 | Feedback report from the provider
erin.walsh@fernhollow.example       | 2026-06-22 06:18 | list-unsubscribe | Newsletter |     | 2026-06-22 09:30 |
m.schneider@bücher.example          | 2026-06-15       | letter           | all        | Ana | 2026-06-17 14:00 | In German; Ben translated it.
kitchen@twopines.example            | 2026-06-09 12:00 | other            | all        | Ben | 2026-06-09 17:20 | Told the delivery driver.
p.iyer@kettlepond.example           | 2026-05-27 15:15 | web-form         | all        |     | 2026-05-28 09:00 |
zoe.laurent@lanternworks.example    | 2026-05-19 23:47 | link             | all        |     | 2026-05-20 08:35 |
jonas.berg@saltbox.example          | 2026-05-05 02:30 | bounce           | all        |     | 2026-05-05 09:10 | Mailbox closed
manager@granitepeak.example         | 2026-04-21 13:20 | phone            | all        | Ana | 2026-04-21 13:40 | Changed supplier.
a.rossi@mossandstone.example        | 2026-04-07 10:02 | reply            | Promotions |     | 2026-04-08 09:00 | Too many sale mails.
c.bennett@wrenhouse.example         | 2026-03-24 05:44 | platform-export  | all        |     | 2026-03-25 09:05 | Mailchimp, unsubscribed
studio@tallgrass.example            | 2026-03-10 15:30 | in-person        | all        | Ana | 2026-03-11 08:45 | At the spring fair
"""
OPT_OUTS = [tuple(field.strip() for field in line.split("|")) for line in OPT_OUTS_TABLE.splitlines() if line]


def in_new_york(moment: str) -> str:
    """'2026-11-10 16:42' as ISO 8601 with its offset; a bare date stays a date."""
    if ":" not in moment:
        return moment
    return dt.datetime.fromisoformat(moment).replace(tzinfo=NEW_YORK).isoformat()


def opt_outs_json() -> bytes:
    return as_json(
        [
            {
                "address": address,
                "received": in_new_york(received),
                "channel": channel,
                "scope": scope,
                "by": by,
                "note": note,
                "done": in_new_york(done) if done else None,
            }
            for address, received, channel, scope, by, done, note in OPT_OUTS
        ]
    )


# --- People as planted ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contact:
    """One row of a list: what its address cells show, and what they truly hold."""

    first: str
    last: str
    company: str
    cells: tuple[str, ...]
    """The address cells, as the file shows them."""
    keys: tuple[str, ...]
    """The match key of every good address in them."""
    junk: bool = False
    """Whether they hold something that counts as not an address."""
    kinds: tuple[str, ...] = ()
    """Outlook's E-mail Type of each cell; SMTP where not given."""

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}".strip() or self.company


def match_key(address: str) -> str:
    """The key of a clean address: lower case, the domain in its IDNA A-label form."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local}@{idna.encode(domain).decode('ascii')}"


def who(
    name: str, *cells: str, holds: Sequence[str] | None = None, junk: bool = False, company: str = ""
) -> Contact:
    """A person; `holds` names the good addresses where the cells are not each one address, plain but for its spaces."""
    first, _, last = name.rpartition(" ")
    keys = tuple(match_key(address.strip()) for address in (cells if holds is None else holds))
    return Contact(first, last, company, cells, keys, junk)


def firm(company: str, *cells: str, holds: Sequence[str] | None = None, junk: bool = False) -> Contact:
    """A business without a person's name."""
    return replace(who("", *cells, holds=holds, junk=junk), company=company)


class Dice:
    """Chance from `random()` alone, the one call whose results Python promises to keep between versions."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def below(self, limit: int) -> int:
        return int(self.random() * limit)

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def mixed(self, items: Iterable[T]) -> list[T]:
        """The items in a chance order."""
        return [item for _, _, item in sorted((self.random(), n, item) for n, item in enumerate(items))]


# --- The people nobody needs to know by name -----------------------------------------------------------------------


def words(text: str) -> list[str]:
    return text.split()


def columns(text: str) -> list[str]:
    return re.split(r",\s+", text.strip())


FIRST_NAMES = words("""
    Abigail Adam Agnes Alan Alice Amara Andrea Andrew Anna Arthur Astrid Barbara Beatriz Ben Bernard Björn Brenda
    Caleb Camille Carla Cecilia Chloé Claire Clara Daniel David Deborah Diego Donna Dorothy Edith Eleanor Elena Elias
    Emily Eric Esther Ethan Félix Frank Françoise Gabriel George Grace Greta Hannah Harold Hassan Heather Helen Henry
    Ingrid Irene Isaac Ivy Jack Jane Janet Jasmine Jörg José Joseph Joyce Julia Karen Keith Kenji Laura Léa Leo Linda
    Louis Lucía Luke Mabel Marco Margaret Mariana Mark Martha Matteo Megan Mei Michael Miriam Nadia Nathan Nina Noah
    Nora Olga Oliver Oscar Pamela Patrick Paul Peter Priya Rachel Ralph Raúl Renée Rita Robert Rosa Samuel Sara Seán
    Simon Sofia Søren Stella Susan Teresa Theo Thomas Ursula Valerie Vera Victor Walter Wendy William Xavier Yvonne Zoë
""")

LAST_NAMES = words("""
    Abbott Alvarez Andersen Archer Atkins Baker Barlow Bauer Beaumont Bell Bianchi Blake Boucher Boyd Brooks Burke
    Carter Castillo Chen Clarke Cohen Collins Cooper Costa Crane D'Angelo Dalton Davies Delgado Doyle Duffy Dupont
    Eaton Ellis Evans Faber Farrell Fisher Fletcher Forbes Fournier Fuller Gallagher Garcia Gagné Gibbs Gould Graves
    Greene Grünwald Gupta Hale Hansen Harper Hayes Hoffmann Holt Howard Hughes Ibarra Ito Jansen Jensen Joshi Kaplan
    Keller Khan Kim Klein Knight Lambert Larsen Leclerc Lopez Lowe Lund Maguire Marsh Martín Mercer Meyer Mills Moore
    Müller Muñoz Murphy Nash Nguyen Nolan O'Brien O'Connor O'Neill Ortega Osborne Palmer Park Patel Peña Pereira
    Perkins Petit Pratt Quinn Ramírez Reed Reyes Rhodes Rivera Roche Rossi Rowe Ruiz Sanders Schmidt Serrano Shaw
    Silva Stone Suzuki Sweeney Tanner Thorne Torres Tremblay Turner Vargas Vogel Wade Walsh Watts Weber West Wolfe
    Wright Yates Young Zeller
""")

HOME_DOMAINS = ["mailbox", "postbox", "homemail", "greenpost", "netlane", "quickmail"]

FIRMS = {
    "applegate": "Applegate Farm",
    "barnraisers": "Barnraisers Co-op",
    "birchwood": "Birchwood Inn",
    "bluebell-florist": "Bluebell Florist",
    "bramble-cottage": "Bramble Cottage",
    "bücher": "Bücher & Blumen",
    "cedarworks": "Cedarworks",
    "clovertown": "Clovertown Library",
    "elmstreet-school": "Elm Street School",
    "fernhollow": "Fern Hollow Camp",
    "finchandsons": "Finch & Sons",
    "foxglove-studio": "Foxglove Studio",
    "granitepeak": "Granite Peak Lodge",
    "harbor": "Harbor House",
    "kettlepond": "Kettle Pond Landscaping",
    "lanternworks": "Lanternworks",
    "maplehill": "Maple Hill Orchard",
    "millpond": "Millpond Apartments",
    "mossandstone": "Moss and Stone",
    "northfield-vet": "Northfield Veterinary",
    "oldmill-bakery": "Old Mill Bakery",
    "orchardlane": "Orchard Lane Nursery",
    "pondside": "Pondside Kennels",
    "quarry-stone": "Quarry Stone Supply",
    "rowanberry": "Rowanberry Jams",
    "saltbox": "Saltbox Builders",
    "snowdrop": "Snowdrop Day Care",
    "stonebridge": "Stonebridge Masonry",
    "sugarhouse": "The Sugarhouse",
    "sunnybank": "Sunnybank Care Home",
    "tallgrass": "Tallgrass Yoga",
    "thistle": "Thistle & Thread",
    "twopines": "Two Pines Diner",
    "willowbend": "Willow Bend Golf",
    "wrenhouse": "Wren House B&B",
}

ROLES = ["info", "office", "orders", "accounts", "hello", "shop", "service"]

CITIES = words("""Burlington Burlington Burlington Winooski Colchester Essex Shelburne Williston Richmond Hinesburg Charlotte
    Milton Vergennes Bristol Middlebury Stowe Waterbury Montpelier Barre Plattsburgh Montréal""")

NOTES = [
    "Prefers the back gate, not the shop door",
    "Net 30; invoice by post",
    'Asked for "heirloom" tomatoes, pick-up in May',
    "Deliver to:\n22 Shore Road\n(ring twice)",
    "Pays cash – no card",
    "“Call first”",
    "Allergic to lilies; no lilies in bouquets",
    "Spring pre-order, 12 bags of compost",
    "Café order, paid 12.50 € in error",
    "Gift card no. 0047",
]
STRAY_QUOTE_NOTE = '5" pots, 40 a month'
FORMULA_NOTE = "=see invoice 1042"
ADDRESS_NOTE = "Copy invoices to books@kettlepond.example"


def in_ascii(name: str) -> str:
    """A name as it goes into an address: Søren O'Neill -> soren oneill."""
    bare = unicodedata.normalize("NFKD", name.lower().replace("ø", "o").replace("ü", "ue").replace("ö", "oe"))
    return "".join(c for c in bare if c.isascii() and c != "'")


def make_crowd(dice: Dice, size: int, taken: Iterable[str]) -> list[Contact]:
    """`size` people, each with an address of their own that is not among the `taken` match keys."""
    used = set(taken)
    crowd: list[Contact] = []
    while len(crowd) < size:
        first, last = dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES)
        given, family = in_ascii(first), in_ascii(last)
        local = dice.pick(
            [f"{given}.{family}", f"{given}.{family}", f"{given[0]}.{family}", given[0] + family]
        )
        if dice.below(2):
            person = who(f"{first} {last}", f"{local}@{dice.pick(HOME_DOMAINS)}.example")
        else:
            domain = dice.pick(list(FIRMS))
            if dice.below(6) == 0:
                person = firm(FIRMS[domain], f"{dice.pick(ROLES)}@{domain}.example")
            else:
                person = who(f"{first} {last}", f"{local}@{domain}.example", company=FIRMS[domain])
        if person.keys[0] not in used:
            used.add(person.keys[0])
            crowd.append(person)
    return crowd


def roughened(dice: Dice, people: Iterable[Contact]) -> list[Contact]:
    """Their addresses as hurried people write them; the match keys do not change."""
    result = []
    for person in people:
        address, roll = person.cells[0], dice.below(100)
        if roll < 5:
            address = address.upper()
        elif roll < 13:
            address = re.sub(r"[^\W_]+", lambda word: word[0].capitalize(), address)
        elif roll < 18:
            address += " " * (1 + dice.below(2))
        result.append(replace(person, cells=(address,)))
    return result


def some_named(dice: Dice, people: Iterable[Contact]) -> list[Contact]:
    """One in eight with the name before the address."""
    return [
        replace(person, cells=(f"{person.name} <{person.cells[0].strip()}>",))
        if dice.below(8) == 0
        else person
        for person in people
    ]


def mingled(dice: Dice, planted: Sequence[Contact], people: Sequence[Contact]) -> list[Contact]:
    """The planted rows among ordinary people, after an ordinary first row; rows of one name keep their order."""
    rows = [people[0], *dice.mixed([*planted, *people[1:]])]
    in_order = {contact.name: iter([c for c in planted if c.name == contact.name]) for contact in planted}
    return [next(in_order[row.name]) if row in planted else row for row in rows]


# --- What is planted in each list ----------------------------------------------------------------------------------
# Opted out, blocked domain, not an address, no address, twice, and addresses that only look like one of these.

PLANTED_CUSTOMERS = [
    # opted out: 25 people, two of them twice
    who("Maria Ortiz", "Maria.Ortiz@Lakeside.example"),
    firm("Bright Paws", "hello@brightpaws.example"),
    who("Joy Okafor", "J.Okafor@northgate.example"),
    firm("Ferry Street Hardware", "SALES@FERRYSTREET.EXAMPLE "),
    who("Pia Lindqvist", "Pia Lindqvist <p.lindqvist@fjord.example>", holds=["p.lindqvist@fjord.example"]),
    who("Tam Nguyen", "t.nguyen@harbor.example", company="Harbor House"),
    who("Tam Nguyen", f"T.Nguyen@Harbor.example{NO_BREAK_SPACE}", holds=["t.nguyen@harbor.example"]),
    firm(
        "Riverbend Kayaks",
        "info@riverbend.example; hire@riverbend.example",
        holds=["info@riverbend.example", "hire@riverbend.example"],
    ),
    who("Elke Fischer", "e.fischer@müller.example"),
    who("Elke Fischer", "E.Fischer@xn--mller-kva.example", company="Müller Garten"),
    firm(
        "Dunmore Estates", f"accounts@dun{ZERO_WIDTH_SPACE}more.example", holds=["accounts@dunmore.example"]
    ),
    who("Wolf Brandt", '"Brandt, Wolf" <W.Brandt@oststern.example>', holds=["w.brandt@oststern.example"]),
    firm("Pinecrest Motel", "orders@pinecrest.example"),
    who("Dale Whitaker", "d.whitaker@MapleHill.example", company="Maple Hill Orchard"),
    who("Ruth Avery", "RUTH.AVERY@BIRCHWOOD.EXAMPLE"),
    firm("Hillside Dental", "office@hillside-dental.example"),
    who("Carlos Méndez", "carlos.mendez@mailbox.example  ", holds=["carlos.mendez@mailbox.example"]),
    who("Hélène Dubois", "H.Dubois@sugarhouse.example", company="The Sugarhouse"),
    who("Gaston Moreau", "g.moreau@bluebell-florist.example", company="Bluebell Florist"),
    who(
        "Tom Hadley",
        "t.hadley@quickmail.example; tom.hadley@applegate.example",
        holds=["t.hadley@quickmail.example", "tom.hadley@applegate.example"],
    ),
    who(
        "Yuki Tanaka",
        f" yuki.tanaka{FULL_WIDTH_AT}greenpost.example",
        holds=["yuki.tanaka@greenpost.example"],
    ),
    who("Basia Kowalski", "B.Kowalski@HomeMail.example"),
    who("Fiona O'Brien", "Fiona.O'Brien@thistle.example"),
    firm("Elm Street School", "principal@elmstreet-school.example"),
    who("Rosa Castellano", "mailto:r.castellano@netlane.example", holds=["r.castellano@netlane.example"]),
    who("Matthias Schneider", "m.schneider@bücher.example", company="Bücher & Blumen"),
    who("Padma Iyer", "<P.IYER@KETTLEPOND.EXAMPLE>", holds=["p.iyer@kettlepond.example"]),
    # at the blocked domain, one of them at a subdomain
    firm("Competitor Garden Center", "ops@competitor.example"),
    who("Jim Marsh", "J.Marsh@Competitor.Example"),
    who("Lena Holt", "lena.holt@shop.competitor.example"),
    who(
        "Gus Wade",
        "gus.wade@greenpost.example; g.wade@competitor.example",
        holds=["gus.wade@greenpost.example", "g.wade@competitor.example"],
    ),
    # not an address, the last of them beside a good one
    who("Anna Dunmore", "anna@dunmore,example", holds=[], junk=True),
    who("Jane Rowe", "jane at example.com", holds=[], junk=True),
    who("Ned Collins", "n/a", holds=[], junk=True),
    who("Peg Sweeney", "peg.sweeney@willowbend", holds=[], junk=True),
    who("Otis Graves", "otis.graves.homemail.example", holds=[], junk=True),
    firm("Wren House B&B", "ask Ben", holds=[], junk=True),
    who("Lily Baker", "lily@@oldmill-bakery.example", holds=[], junk=True),
    who(
        "Kurt Zeller",
        "kurt.zeller@postbox.example; kurt.zeller@work",
        holds=["kurt.zeller@postbox.example"],
        junk=True,
    ),
    who("Kurt Zeller", "kurt.zeller@postbox.example"),  # his first row went, so this one is no duplicate
    # no address
    who("Ida Perkins", "", holds=[]),
    who("Ray Gould", "", holds=[]),
    firm("Church Street Market", "", holds=[]),
    who("Agnes Tremblay", " ", holds=[]),
    who("Walt Boyd", "", holds=[]),
    # twice
    who("Kate Lee", "k.lee@harbor.example", company="Harbor House"),
    who("Kate Lee", "K.Lee@harbor.example"),
    firm("Bücher & Blumen", "laden@bücher.example"),
    firm("Bücher & Blumen", "Laden@xn--bcher-kva.example"),
    who("Mary O'Brien", "m.o'brien@maplehill.example"),
    who("Mary O'Brien", "Mary O'Brien <M.O'BRIEN@maplehill.example>", holds=["m.o'brien@maplehill.example"]),
    who("Luis Vargas", "luis.vargas@saltbox.example"),
    who("Luis Vargas", "luis.vargas@saltbox.example "),
    who(
        "Ella Crane",
        "ella.crane@homemail.example; ella@pondside.example",
        holds=["ella.crane@homemail.example", "ella@pondside.example"],
    ),
    who("Ella Crane", "ELLA@PONDSIDE.EXAMPLE"),
    who(
        "Ella Crane",  # the second address is new, so she is kept
        "ella.crane@homemail.example; ella.crane@netlane.example",
        holds=["ella.crane@homemail.example", "ella.crane@netlane.example"],
    ),
    # good, though it may not look it
    who("Cora Finch", "cora@notcompetitor.example"),
    who("Mario Ortiz", "mario.ortiz@lakeside.example"),
    who("Sara Kim", f"sara.kim@stonebridge.example{NO_BREAK_SPACE}", holds=["sara.kim@stonebridge.example"]),
    who(
        "Hugo Petit",
        f"{ZERO_WIDTH_SPACE}hugo.petit@cedarworks.example",
        holds=["hugo.petit@cedarworks.example"],
    ),
    who("José Ramos", "josé.ramos@villaverde.example"),
    who("Ada Müller", "Ada Müller <ada@mueller-garten.example>", holds=["ada@mueller-garten.example"]),
    who("Ted Lowe", "'ted.lowe@mailbox.example'", holds=["ted.lowe@mailbox.example"]),
    who("Nina Joshi", "nina.joshi+garden@greenpost.example"),
    who("Owen Pratt", "8025550142@vtext.example"),
]

PLANTED_SUBSCRIBERS = [
    who("Maria Ortiz", "Maria.Ortiz@Lakeside.example"),
    firm("Bright Paws", "Bright Paws <hello@brightpaws.example>", holds=["hello@brightpaws.example"]),
    who("Tam Nguyen", "t.nguyen@harbor.example "),
    who("Ruth Avery", "Ruth Avery <ruth.avery@birchwood.example>", holds=["ruth.avery@birchwood.example"]),
    who("Sven Lindgren", "S.LINDGREN@STONEBRIDGE.EXAMPLE"),
    who("Nikolai Petrov", "mailto:n.petrov@postbox.example", holds=["n.petrov@postbox.example"]),
    who("Erin Walsh", "Erin.Walsh@fernhollow.example"),
    who("Elke Fischer", "e.fischer@xn--mller-kva.example"),
    who("Zoë Laurent", "zoe.laurent@lanternworks.example"),
    who("Jim Marsh", "j.marsh@competitor.example"),
    who("Lena Holt", "Lena Holt <lena.holt@competitor.example>", holds=["lena.holt@competitor.example"]),
    who("Kim Park", "kim at greenpost.example", holds=[], junk=True),
    who("Peg Sweeney", "peg.sweeney@willowbend", holds=[], junk=True),
    who("", "n/a", holds=[], junk=True),
    who("Kate Lee", "k.lee@harbor.example"),
    who("Kate Lee", "Kate Lee <K.Lee@Harbor.example>", holds=["k.lee@harbor.example"]),
    firm("Bücher & Blumen", "laden@bücher.example"),
    firm("Bücher & Blumen", "laden@xn--bcher-kva.example"),
]

PLANTED_GOOGLE = [
    who("Maria Ortiz", "maria.ortiz@lakeside.example", "m.ortiz@postbox.example"),
    who("Joy Okafor", "joy@homemail.example", "j.okafor@northgate.example"),
    who("Pia Lindqvist", "P.Lindqvist@fjord.example", company="Fjord Saunas"),
    who(
        "Carlos Méndez",
        "carlos@saltbox.example ::: Carlos.Mendez@mailbox.example",
        holds=["carlos@saltbox.example", "carlos.mendez@mailbox.example"],
    ),
    who("Yuki Tanaka", "yuki.tanaka@greenpost.example"),
    who("Fiona O'Brien", "fiona.o'brien@thistle.example"),
    who("Layla Haddad", "l.haddad@foxglove-studio.example", company="Foxglove Studio"),
    who(
        "Jim Marsh",
        "jim.marsh@netlane.example",
        "j.marsh@competitor.example",
        company="Competitor Garden Center",
    ),
    who(
        "Rose Atkins",
        "rose.atkins@quickmail.example",
        "rose@pinecrest",
        holds=["rose.atkins@quickmail.example"],
        junk=True,
    ),
    firm("Snow removal", "call only", holds=[], junk=True),
    who("Dr. Ellis", "", holds=[]),
    firm("Town Clerk", "", holds=[]),
    who("Uncle Ray", "", holds=[]),
    firm("Voicemail", "", holds=[]),
    who("Kate Lee", "k.lee@harbor.example"),
    who("Kate Lee", "K.Lee@harbor.example"),
    who(
        "Bob Fuller",
        "rob.fuller@cedarworks.example ::: bob@homemail.example",
        holds=["rob.fuller@cedarworks.example", "bob@homemail.example"],
    ),
    who("Bob Fuller", "bob@homemail.example"),
    who("Bob Fuller", "bob@homemail.example", "bob.fuller@postbox.example"),
    who("Nora Shaw", "nora.shaw@mailbox.example", "n/a", holds=["nora.shaw@mailbox.example"]),
    who("Ines Silva", "ines@sunnybank.example", "ines.silva@homemail.example", "office@rowanberry.example"),
    who("Thảo Nguyễn", "thao.nguyen@greenpost.example"),
    who("Łukasz Wiśniewski", "lukasz.w@netlane.example"),
    who("山田 花子", "hanako.yamada@hinode.example", company="Hinode Bonsai"),
]

EXCHANGE_DN = "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn="

PLANTED_OUTLOOK = [
    firm("Ferry Street Hardware", "Sales@FerryStreet.example"),
    firm("Riverbend Kayaks", "kayaks@riverbend.example", "info@riverbend.example"),
    who("Elke Fischer", "e.fischer@müller.example", company="Müller Garten"),
    who("Wolf Brandt", "w.brandt@oststern.example"),
    firm(
        "Pinecrest Motel",
        "frontdesk@pinecrest.example",
        "",
        "ORDERS@pinecrest.example",
        holds=["frontdesk@pinecrest.example", "orders@pinecrest.example"],
    ),
    firm("Hillside Dental", "office@hillside-dental.example"),
    firm("Quarry Stone Supply", "accounts@quarry-stone.example"),
    who("Granite Manager", "Manager@GranitePeak.example", company="Granite Peak Lodge"),
    who("Carl Bennett", "c.bennett@wrenhouse.example", company="Wren House B&B"),
    who("Jim Marsh", "j.marsh@competitor.example", company="Competitor Garden Center"),
    firm("Competitor Garden Center", "ops@competitor.example", "billing@competitor.example"),
    replace(who("Ben Archer", f"{EXCHANGE_DN}3f9c1b52-barcher", holds=[], junk=True), kinds=("EX",)),
    replace(
        who(
            "Ana Whitfield",
            f"{EXCHANGE_DN}a07d44e1-awhitfield",
            "ana.whitfield@homemail.example",
            holds=["ana.whitfield@homemail.example"],
        ),
        kinds=("EX", "SMTP"),
    ),
    who(
        "Kurt Zeller",
        "kurt.zeller@postbox.example",
        "kurt.zeller@work",
        holds=["kurt.zeller@postbox.example"],
        junk=True,
    ),
    who("Ida Perkins", holds=[]),
    firm("Plow service", holds=[]),
    who("Judge Abbott", holds=[]),
    who("Kate Lee", "k.lee@harbor.example", company="Harbor House"),
    who("Kate Lee", "K.LEE@harbor.example"),
    who("Ella Crane", "ella.crane@homemail.example", "ella@pondside.example"),
    who("Ella Crane", "ella@pondside.example"),
    who("José Ramos", "josé.ramos@villaverde.example"),
    who("François Gagné", "f.gagne@orchardlane.example", "francois.gagne@mailbox.example"),
]


# --- What cleaning must give ---------------------------------------------------------------------------------------

REASONS = ("opted-out", "domain", "not-an-address", "no-address", "duplicate")
SUPPRESSED = frozenset(match_key(row[0]) for row in OPT_OUTS if not row[0].startswith("*@"))
BLOCKED_DOMAINS = tuple(row[0].removeprefix("*@") for row in OPT_OUTS if row[0].startswith("*@"))


def is_blocked(key: str) -> bool:
    """Whether the key's domain, or a domain it is part of, is blocked as a whole."""
    domain = key.rpartition("@")[2]
    return any(domain == blocked or domain.endswith(f".{blocked}") for blocked in BLOCKED_DOMAINS)


def expected_of(contacts: Sequence[Contact], suppressed: Collection[str] = SUPPRESSED) -> dict[str, object]:
    """The result of cleaning a list with no scope given: one reason a row, the first of REASONS that holds.

    `must_go` are the suppressed addresses in the list, `must_stay` the addresses of the kept rows. The good address
    beside a suppressed one goes with its row and stands in neither, unless another row keeps it.
    """
    counts = dict.fromkeys(REASONS, 0)
    kept_keys: set[str] = set()
    kept = 0
    for contact in contacts:
        if any(key in suppressed for key in contact.keys):
            counts["opted-out"] += 1
        elif any(is_blocked(key) for key in contact.keys):
            counts["domain"] += 1
        elif contact.junk:
            counts["not-an-address"] += 1
        elif not contact.keys:
            counts["no-address"] += 1
        elif kept_keys.issuperset(contact.keys):
            counts["duplicate"] += 1
        else:
            kept += 1
            kept_keys.update(contact.keys)
    every_key = {key for contact in contacts for key in contact.keys}
    return {
        "rows": len(contacts),
        "kept": kept,
        "reasons": counts,
        "must_go": sorted(key for key in every_key if key in suppressed or is_blocked(key)),
        "must_stay": sorted(kept_keys),
    }


# --- customers.xlsx and customers.csv ------------------------------------------------------------------------------

CUSTOMER_HEADER = ("Customer no.", "Name", "E-mail", "Phone", "City", "Last order", "Total", "Notes")
"""The columns of both customer files."""

SUPPLIERS = [
    ("Green Thumb Seeds", "Alma Reyes", "alma@greenthumb-seeds.example", "802-555-0171", "00031"),
    ("North Shore Peat", "Dirk Vogel", "Dirk.Vogel@northshore-peat.example", "802-555-0118", "00044"),
    ("Clay & Kiln Pottery", "Renée Leclerc", "orders@claykiln.example", "518-555-0137", "00058"),
    ("Hedgerow Tools Ltd", "Nigel Watts", "nigel.watts@hedgerow-tools.example", "+44 01632 960188", "00102"),
    ("Boxes by Ida", "Ida Lund", "ida@boxes-by-ida.example", "802-555-0162", "00117"),
    ("Valley Trucking", "", "dispatch@valley-trucking.example", "0802 555 0109", "00120"),
]


@dataclass(frozen=True)
class Customer:
    number: str
    contact: Contact
    phone: str
    city: str
    last_order: dt.date | None
    total: float
    note: str


def phone_number(dice: Dice) -> str:
    """A number set aside for fiction: 555-01xx in the U.S., 01632 960xxx in Britain."""
    line = f"01{dice.below(100):02d}"
    british = f"01632 960{dice.below(1000):03d}"
    return dice.pick(
        [f"802-555-{line}"] * 9 + [f"(802) 555-{line}"] * 5 + [f"0802555{line}", british, f"+44 {british}"]
    )


def make_customers(dice: Dice, contacts: Sequence[Contact]) -> list[Customer]:
    customers: list[Customer] = []
    number = 100
    for contact in contacts:
        number += 1 + dice.below(3)
        days_ago = 1 + dice.below(700)
        customers.append(
            Customer(
                number=f"{number:06d}",
                contact=contact,
                phone="" if dice.below(12) == 0 else phone_number(dice),
                city=dice.pick(CITIES),
                last_order=None if dice.below(15) == 0 else EXPORTED.date() - dt.timedelta(days=days_ago),
                total=(900 + dice.below(dice.pick([9_000, 60_000, 480_000]))) / 100,
                note=dice.pick(NOTES) if dice.below(7) == 0 else "",
            )
        )
    for place, note in (
        (23, STRAY_QUOTE_NOTE),
        (58, FORMULA_NOTE),
        (91, ADDRESS_NOTE),
        (7, NOTES[3]),
        (12, NOTES[2]),
    ):
        customers[place] = replace(customers[place], note=note)
    return customers


def customers_xlsx(customers: Sequence[Customer]) -> bytes:
    book = Workbook()
    book.properties.creator = "Ana"
    book.properties.title = "Lakeside Garden Supply - customers"
    book.properties.created = EXPORTED
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Customers"
    sheet["A1"] = "Lakeside Garden Supply - customers, exported 20 November 2026"
    sheet["A1"].font = Font(bold=True, size=14)
    add_table(sheet, 3, CUSTOMER_HEADER, (14, 24, 42, 18, 16, 12, 12, 40))
    for row, customer in enumerate(customers, start=4):
        contact = customer.contact
        cells = (customer.number, contact.name, contact.cells[0], customer.phone, customer.city)
        for column, text in enumerate(cells, start=1):
            set_text(sheet, row, column, text)
        for column in (1, 4):
            sheet.cell(row, column).number_format = "@"
        sheet.cell(row, 6, customer.last_order).number_format = "mm/dd/yyyy"
        sheet.cell(row, 7, customer.total).number_format = "#,##0.00"
        set_text(sheet, row, 8, customer.note)
        if "\n" in customer.note:
            sheet.cell(row, 8).alignment = Alignment(wrap_text=True, vertical="top")
    suppliers = book.create_sheet("Suppliers")
    add_table(suppliers, 1, ("Supplier", "Contact", "E-mail", "Phone", "Account no."), (24, 20, 36, 18, 12))
    for row, supplier in enumerate(SUPPLIERS, start=2):
        for column, text in enumerate(supplier, start=1):
            set_text(suppliers, row, column, text)
    unfinished = io.BytesIO()
    book.save(unfinished)
    return with_fixed_dates(unfinished.getvalue())


def add_table(sheet: Worksheet, row: int, header: Sequence[str], widths: Sequence[float]) -> None:
    for column, (title, width) in enumerate(zip(header, widths, strict=True), start=1):
        sheet.cell(row, column, title).font = Font(bold=True)
        sheet.cell(row, column).fill = PatternFill("solid", fgColor="DFF1EE")
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{row + 1}"


def set_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Text as text, also when it begins with "="; no cell at all for an empty text or one of spaces alone."""
    if text.strip():
        cell = sheet.cell(row, column, text)
        if text.startswith("="):
            cell.data_type = "s"
            cell.quotePrefix = True


def with_fixed_dates(workbook: bytes) -> bytes:
    """The same workbook without a trace of when, where and with which XML library it was written."""
    stamp = EXPORTED.strftime("%Y-%m-%dT%H:%M:%SZ")
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(fixed, "w") as new:
        for name in sorted(old.namelist()):
            xml = canonicalize(old.read(name).decode())
            if name == "docProps/core.xml":
                xml = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{stamp}", xml)
            part = zipfile.ZipInfo(name, EXPORTED.timetuple()[:6])
            part.create_system = 0
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, '<?xml version="1.0" encoding="UTF-8"?>\n' + xml, compresslevel=9)
    return fixed.getvalue()


def customers_csv(customers: Sequence[Customer]) -> bytes:
    """As an old till program writes it: semicolons, Windows-1252, and one quotation mark it forgot."""
    lines = [";".join(CUSTOMER_HEADER)]
    for customer in customers:
        date = customer.last_order
        fields = (
            customer.number,
            customer.contact.name,
            customer.contact.cells[0].replace(ZERO_WIDTH_SPACE, "").replace(FULL_WIDTH_AT, "@"),
            customer.phone,
            customer.city,
            f"{date.month}/{date.day}/{date.year}" if date else "",
            f"{customer.total:,.2f}",
            customer.note,
        )
        lines.append(";".join(csv_field(field) for field in fields))
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252")


def csv_field(text: str) -> str:
    if text != STRAY_QUOTE_NOTE and re.search('[";\n]', text):
        return '"' + text.replace('"', '""') + '"'
    return text


# --- google-contacts.csv -------------------------------------------------------------------------------------------

GOOGLE_HEADER = columns("""
    First Name, Middle Name, Last Name, Phonetic First Name, Phonetic Middle Name, Phonetic Last Name, Name Prefix,
    Name Suffix, Nickname, File As, Organization Name, Organization Title, Organization Department, Birthday, Notes,
    Photo, Labels, E-mail 1 - Label, E-mail 1 - Value, E-mail 2 - Label, E-mail 2 - Value, E-mail 3 - Label,
    E-mail 3 - Value, Phone 1 - Label, Phone 1 - Value, Phone 2 - Label, Phone 2 - Value, Address 1 - Label,
    Address 1 - Formatted, Address 1 - Street, Address 1 - City, Address 1 - PO Box, Address 1 - Region,
    Address 1 - Postal Code, Address 1 - Country, Address 1 - Extended Address, Website 1 - Label, Website 1 - Value
""")


def google_csv(dice: Dice, contacts: Sequence[Contact]) -> bytes:
    rows = []
    for contact in contacts:
        row = {
            "First Name": contact.first,
            "Last Name": contact.last,
            "Organization Name": contact.company,
            "Labels": dice.pick(["* myContacts", "Customers ::: * myContacts", "* myContacts ::: * starred"]),
        }
        for n, cell in enumerate(contact.cells, start=1):
            if cell:
                label = dice.pick(["Work", "Home", ""] if n == 1 else ["Home", "Other"])
                row[f"E-mail {n} - Label"] = f"* {label}" if n == 1 else label
                row[f"E-mail {n} - Value"] = cell
        if not contact.keys or dice.below(2):
            row["Phone 1 - Label"] = dice.pick(["Mobile", "Work"])
            row["Phone 1 - Value"] = phone_number(dice)
        if dice.below(5) == 0:
            street = f"{1 + dice.below(90)} {dice.pick(['Shore Road', 'Church Street', 'Mill Lane', 'Elm Street'])}"
            row["Address 1 - Label"] = "Home"
            row["Address 1 - Formatted"] = f"{street}\nBurlington, VT 05401\nUS"
            row["Address 1 - Street"] = street
            row["Address 1 - City"] = "Burlington"
            row["Address 1 - Region"] = "VT"
            row["Address 1 - Postal Code"] = "05401"
            row["Address 1 - Country"] = "US"
        if dice.below(9) == 0:
            row["Notes"] = dice.pick(NOTES)
        rows.append(row)
    return as_csv(GOOGLE_HEADER, rows, csv.QUOTE_MINIMAL, "\n").encode("utf-8")


# --- outlook-contacts.csv ------------------------------------------------------------------------------------------

OUTLOOK_HEADER = columns("""
    Title, First Name, Middle Name, Last Name, Suffix, Company, Department, Job Title, Business Street,
    Business Street 2, Business Street 3, Business City, Business State, Business Postal Code, Business Country/Region,
    Home Street, Home Street 2, Home Street 3, Home City, Home State, Home Postal Code, Home Country/Region,
    Other Street, Other Street 2, Other Street 3, Other City, Other State, Other Postal Code, Other Country/Region,
    Assistant's Phone, Business Fax, Business Phone, Business Phone 2, Callback, Car Phone, Company Main Phone,
    Home Fax, Home Phone, Home Phone 2, ISDN, Mobile Phone, Other Fax, Other Phone, Pager, Primary Phone, Radio Phone,
    TTY/TDD Phone, Telex, Account, Anniversary, Assistant's Name, Billing Information, Birthday,
    Business Address PO Box, Categories, Children, Directory Server, E-mail Address, E-mail Type, E-mail Display Name,
    E-mail 2 Address, E-mail 2 Type, E-mail 2 Display Name, E-mail 3 Address, E-mail 3 Type, E-mail 3 Display Name,
    Gender, Government ID Number, Hobby, Home Address PO Box, Initials, Internet Free Busy, Keywords, Language,
    Location, Manager's Name, Mileage, Notes, Office Location, Organizational ID Number, Other Address PO Box,
    Priority, Private, Profession, Referred By, Sensitivity, Spouse, User 1, User 2, User 3, User 4, Web Page
""")


def outlook_csv(dice: Dice, contacts: Sequence[Contact]) -> bytes:
    rows = []
    for contact in contacts:
        row = {
            "First Name": contact.first,
            "Last Name": contact.last,
            "Company": contact.company,
            "Business Phone": phone_number(dice) if not contact.keys or dice.below(2) else "",
            "Categories": dice.pick(["", "Customers", "Customers;Spring fair"]),
            "Anniversary": "0/0/00",
            "Birthday": "0/0/00",
            "Gender": "Unspecified",
            "Priority": "Normal",
            "Private": "False",
            "Sensitivity": "Normal",
        }
        if dice.below(3) == 0:
            row |= {"Business City": "Burlington", "Business State": "VT", "Business Postal Code": "05401"}
        if dice.below(8) == 0:
            row["Notes"] = dice.pick(NOTES).replace("\n", "\r\n")
        for n, cell in enumerate(contact.cells):
            if cell:
                mail = ("E-mail", "E-mail 2", "E-mail 3")[n]
                kind = contact.kinds[n] if contact.kinds else "SMTP"
                row[f"{mail} Address"] = cell
                row[f"{mail} Type"] = kind
                row[f"{mail} Display Name"] = f"{contact.name} ({cell})" if kind == "SMTP" else contact.name
        rows.append(row)
    return as_csv(OUTLOOK_HEADER, rows, csv.QUOTE_ALL, "\r\n").encode("cp1252")


# --- The opt-outs to bring in --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OptOut:
    """One row of a file of opt-outs."""

    who: Contact
    when: dt.datetime | dt.date | None
    """The receipt as the file writes it, without a zone, or a day; None where the file has none."""
    how: str = ""
    subscribed: bool = False
    """The file says that this person is subscribed."""
    bounced: bool = False
    """Mail to this address bounced: nobody asked, so nothing is overdue."""


TODAY = dt.date(2026, 11, 24)
STILL_IN_TIME = dt.date(2026, 11, 9)
"""Who asked on this day is due on TODAY: ten business days, 11 November is a holiday."""
ON_RECORD = {match_key(row[0]): row for row in OPT_OUTS if not row[0].startswith("*@") and row[3] == "all"}
"""The opt-outs of all mail by match key; only they make another opt-out of all mail a known one."""


def utc(moment: str) -> dt.datetime:
    """'2026-11-10 16:42' in New York as UTC."""
    local = dt.datetime.fromisoformat(moment).replace(tzinfo=NEW_YORK)
    return local.astimezone(dt.UTC).replace(tzinfo=None)


def expected_import(rows: Sequence[OptOut]) -> dict[str, object]:
    """What importing a file gives on TODAY, where the opt-outs of opt-outs.json are on record already."""
    counts = dict.fromkeys(("new", "already-known", "not-an-address", "empty", "conflict", "active"), 0)
    seen: set[str] = set()
    requests = overdue = 0
    for row in rows:
        keys = row.who.keys
        if row.subscribed:
            counts["conflict" if any(key in ON_RECORD for key in keys) else "active"] += 1
        elif row.who.junk:
            counts["not-an-address"] += 1
        elif not keys:
            counts["empty"] += 1
        elif all(key in ON_RECORD or key in seen for key in keys):
            counts["already-known"] += 1
            # A further receipt is stored too, unless a row of the file says the same.
            requests += sum(key in ON_RECORD for key in keys)
        else:
            counts["new"] += 1
            requests += len(keys)
            if row.when is not None and not row.bounced:
                day = row.when.date() if isinstance(row.when, dt.datetime) else row.when
                overdue += day < STILL_IN_TIME
            seen.update(keys)
    return {
        "rows": len(rows),
        "outcomes": counts,
        "overdue": overdue,
        "requests": requests,
        "suppressed": sorted(seen),
    }


# --- mailchimp-unsubscribed.csv and mailchimp-audience.zip ---------------------------------------------------------

MEMBER_HEADER = columns("""
    Email Address, First Name, Last Name, MEMBER_RATING, OPTIN_TIME, OPTIN_IP, CONFIRM_TIME, CONFIRM_IP, LATITUDE,
    LONGITUDE, GMTOFF, DSTOFF, TIMEZONE, CC, REGION, LAST_CHANGED
""")
UNSUBSCRIBED_HEADER = [
    *MEMBER_HEADER,
    *columns("UNSUB_TIME, UNSUB_CAMPAIGN_TITLE, UNSUB_CAMPAIGN_ID, UNSUB_REASON, UNSUB_REASON_OTHER"),
    *columns("LEID, EUID, NOTES, TAGS"),
]
CLEANED_HEADER = [
    *MEMBER_HEADER,
    *columns("CLEAN_TIME, CLEAN_CAMPAIGN_TITLE, CLEAN_CAMPAIGN_ID, LEID, EUID, NOTES, TAGS"),
]
SUBSCRIBED_HEADER = [*MEMBER_HEADER, *columns("LEID, EUID, NOTES, TAGS")]

CAMPAIGNS = ["Planting letter", "Bulb sale", "Spring pre-order", "Weekend at the nursery"]
WHY = [("NORMAL", "")] * 8 + [("NO_LONGER", ""), ("OTHER", "Moved to Ohio"), ("OTHER", "Too many sale mails")]

PLANTED_UNSUBSCRIBED = [
    # these Ana recorded by hand from Mailchimp; as UTC a little later than on record, because no zone is written
    *(OptOut(who("", row[0]), utc(row[1])) for row in OPT_OUTS if row[6].startswith("Mailchimp")),
    # asked at Mailchimp on the day before she used the web form
    OptOut(who("Joy Okafor", "j.okafor@northgate.example"), utc("2026-11-19 09:05")),
    # she left the newsletter only; here it is all mail
    OptOut(who("Ruth Avery", "ruth.avery@birchwood.example"), utc("2026-10-14 19:58")),
    # to be mended
    OptOut(who("June Abbott", "june.abbott@greenpost", holds=[], junk=True), utc("2026-10-02 08:14")),
    OptOut(who("Carl Dupont", "carl.dupont@homemail,example", holds=[], junk=True), utc("2026-09-11 17:40")),
    OptOut(who("Lotte Berg", "", holds=[]), utc("2026-08-30 12:21")),
]
JUST_IN = [utc("2026-11-20 13:26"), utc("2026-11-23 07:52")]


def make_unsubscribed(dice: Dice, people: Sequence[Contact]) -> list[OptOut]:
    """The planted ones among others who left in the last months, two of them just now."""
    moments = JUST_IN + [some_time_ago(dice, 16, 150) for _ in people[len(JUST_IN) :]]
    rows = [OptOut(person, moment) for person, moment in zip(people, moments, strict=True)]
    return dice.mixed([*rows, *PLANTED_UNSUBSCRIBED])


def some_time_ago(dice: Dice, least: int, most: int) -> dt.datetime:
    """An instant by day in New York, that many days before TODAY."""
    day = TODAY - dt.timedelta(days=least + dice.below(most - least))
    return dt.datetime(day.year, day.month, day.day, 14 + dice.below(8), dice.below(60), dice.below(60))


def member_of(dice: Dice, row: OptOut) -> dict[str, str]:
    """What all files of an audience say of a person."""
    joined = (
        f"{2019 + dice.below(6)}-{1 + dice.below(12):02d}-{1 + dice.below(28):02d} 15:{dice.below(60):02d}:09"
    )
    return {
        "Email Address": row.who.cells[0],
        "First Name": row.who.first,
        "Last Name": row.who.last,
        "MEMBER_RATING": str(1 + dice.below(4)),
        "OPTIN_TIME": joined,
        "OPTIN_IP": f"192.0.2.{1 + dice.below(250)}",  # set aside for documentation
        "CONFIRM_TIME": joined,
        "LAST_CHANGED": str(row.when or joined),
        "LEID": str(400_000 + dice.below(90_000)),
        "EUID": f"{dice.below(16**10):010x}",
    }


def unsubscribed_csv(dice: Dice, rows: Sequence[OptOut]) -> bytes:
    members = []
    for row in rows:
        reason, text = dice.pick(WHY)
        members.append(
            member_of(dice, row)
            | {
                "UNSUB_TIME": str(row.when),
                "UNSUB_CAMPAIGN_TITLE": dice.pick(CAMPAIGNS),
                "UNSUB_CAMPAIGN_ID": f"{dice.below(16**10):010x}",
                "UNSUB_REASON": reason,
                "UNSUB_REASON_OTHER": text,
            }
        )
    return as_csv(UNSUBSCRIBED_HEADER, members, csv.QUOTE_MINIMAL, "\n").encode()


def cleaned_csv(dice: Dice, rows: Sequence[OptOut]) -> bytes:
    members = [
        member_of(dice, row) | {"CLEAN_TIME": str(row.when), "CLEAN_CAMPAIGN_TITLE": dice.pick(CAMPAIGNS)}
        for row in rows
    ]
    return as_csv(CLEANED_HEADER, members, csv.QUOTE_MINIMAL, "\n").encode()


def subscribed_csv(dice: Dice, rows: Sequence[OptOut]) -> bytes:
    members = [member_of(dice, row) for row in rows]
    return as_csv(SUBSCRIBED_HEADER, members, csv.QUOTE_MINIMAL, "\n").encode()


def audience_zip(members: dict[str, bytes]) -> bytes:
    """An audience as Mailchimp gives it: one CSV for each kind of contact."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for kind, content in members.items():
            part = zipfile.ZipInfo(f"{kind}_email_audience_export_4c1f2a.csv", EXPORTED.timetuple()[:6])
            part.create_system = 0
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, content, compresslevel=9)
    return packed.getvalue()


# --- old-opt-outs.xlsx ---------------------------------------------------------------------------------------------

OLD_HEADER = ("Name", "E-mail", "Removed on", "How", "Remarks")
HIDDEN_BY_FILTER = "reply"
"""Ana looked at all but these last, and saved the workbook so."""
HOW = ["phone", "letter", HIDDEN_BY_FILTER, "in person", "phone"]
PLANTED_OLD = [
    OptOut(who("Carlos Méndez", "carlos.mendez@mailbox.example"), dt.date(2025, 9, 4), "letter"),
    OptOut(
        who(
            "Ada Nash",
            "ada.nash@snowdrop.example; ada@oldmill-bakery.example",
            holds=["ada.nash@snowdrop.example", "ada@oldmill-bakery.example"],
        ),
        dt.date(2025, 2, 11),
        "phone",
    ),
    OptOut(who("Bruno Hale", "no mail, call him", holds=[], junk=True), dt.date(2025, 3, 8), "phone"),
    OptOut(firm("Church Street Market", "", holds=[]), dt.date(2025, 6, 5), "letter"),
]
OLDER = [("Ines Lund", "ines.lund@millpond.example"), ("Tess Rowe", "tess.rowe@willowbend.example")]
"""A second sheet."""


def make_old(dice: Dice, people: Sequence[Contact]) -> list[OptOut]:
    """In order of the year; every date of its first months can be read in two ways."""
    rows = [
        OptOut(person, ambiguous_day(dice) if n < len(people) // 2 else late_day(dice), HOW[n % len(HOW)])
        for n, person in enumerate(people)
    ]
    return sorted([*rows, *PLANTED_OLD], key=lambda row: (row.when, row.who.name))


def ambiguous_day(dice: Dice) -> dt.date:
    month = 1 + dice.below(6)
    return dt.date(2025, month, month + 1 + dice.below(12 - month))


def late_day(dice: Dice) -> dt.date:
    return dt.date(2025, 7, 1) + dt.timedelta(days=dice.below(180))


def old_xlsx(rows: Sequence[OptOut]) -> bytes:
    book = Workbook()
    book.properties.creator = "Ana"
    book.properties.created = EXPORTED
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Removed 2025"
    add_table(sheet, 1, OLD_HEADER, (24, 42, 14, 12, 30))
    for number, row in enumerate(rows, start=2):
        assert isinstance(row.when, dt.date)
        set_text(sheet, number, 1, row.who.name)
        set_text(sheet, number, 2, row.who.cells[0])
        if row.when.month < 7:  # typed into a column of text; later Ana had it formatted as dates
            set_text(sheet, number, 3, f"{row.when:%m/%d/%Y}")
        else:
            sheet.cell(number, 3, row.when).number_format = "mm/dd/yyyy"
        set_text(sheet, number, 4, row.how)
        sheet.row_dimensions[number].hidden = row.how == HIDDEN_BY_FILTER
    sheet.auto_filter.ref = f"A1:E{len(rows) + 1}"
    sheet.auto_filter.add_filter_column(3, sorted({*HOW} - {HIDDEN_BY_FILTER}))
    older = book.create_sheet("Before 2025")
    add_table(older, 1, OLD_HEADER[:2], (24, 42))
    for number, (name, address) in enumerate(OLDER, start=2):
        set_text(older, number, 1, name)
        set_text(older, number, 2, address)
    unfinished = io.BytesIO()
    book.save(unfinished)
    return with_fixed_dates(unfinished.getvalue())


# --- partner-md5.txt -----------------------------------------------------------------------------------------------


def make_hashed(people: Iterable[Contact]) -> list[OptOut]:
    """The MD5 of each address, as a partner gives those who must not get its mail; the first one stands there twice."""
    rows = [OptOut(replace(p, keys=(hashlib.md5(p.keys[0].encode()).hexdigest(),)), None) for p in people]
    rows.sort(key=lambda row: row.who.keys)
    return [*rows, rows[0]]


def hashed_txt(rows: Sequence[OptOut]) -> bytes:
    """One hash a line; every seventh in capitals, as another system writes them."""
    return "".join(
        f"{row.who.keys[0].upper() if n % 7 == 3 else row.who.keys[0]}\n" for n, row in enumerate(rows)
    ).encode()


# --- All of it -----------------------------------------------------------------------------------------------------

README = """\
# Sample data

Lakeside Garden Supply, 14 Mill Lane, Burlington VT 05401 (owner Ana, helper Ben) is invented, and so is everyone below;
all domains end in .example. Written by `python tests/make_samples.py`; change that, not these files.
- `customers.xlsx`: the customers as Excel has them; header in row 3, the suppliers on a second sheet (not cleaned).
- `customers.csv`: the same rows from the till program; semicolons, Windows-1252, a line break and a stray quotation mark.
- `newsletter.txt`: newsletter subscribers, one address a line, some with a name, no header, UTF-8.
- `google-contacts.csv`: contacts as Google exports them; several addresses in a row, some in one cell (" ::: ").
- `outlook-contacts.csv`: contacts as Outlook exports them; Windows-1252, two entries of an Exchange directory (EX).
- `opt-outs.json`: the opt-out requests, New York time; as of 24 November 2026, 11:00, five are still open.
- `expected.json`: what cleaning each list against opt-outs.json must give, with no scope: any opt-out removes.

Opt-outs to bring in; who is in them is partly in the lists above, and partly in opt-outs.json already:
- `mailchimp-unsubscribed.csv`: who unsubscribed at Mailchimp, as it exports them; three rows are to be mended.
- `mailchimp-audience.zip`: another audience, whole: unsubscribed, cleaned (bounced) and subscribed contacts.
- `old-opt-outs.xlsx`: last year's spreadsheet; dates that can be read in two ways, rows hidden by a filter, a second sheet.
- `partner-md5.txt`: a partner's list of hashes (MD5), one a line.
- `expected-imports.json`: what importing each of them, alone and on 24 November 2026, gives where opt-outs.json is on record
  (old-opt-outs.xlsx with the month first), and what cleaning gives after all of them ("afterwards").
"""


def as_json(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def as_csv(header: Sequence[str], rows: Iterable[dict[str, str]], quoting: int, line_end: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", quoting=quoting, lineterminator=line_end)  # type: ignore[arg-type]
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def make_files() -> dict[str, bytes]:
    """Every sample file: its name and its bytes."""
    dice = Dice(SEED)
    planted = [*PLANTED_CUSTOMERS, *PLANTED_SUBSCRIBERS, *PLANTED_GOOGLE, *PLANTED_OUTLOOK]
    taken = SUPPRESSED.union(*(contact.keys for contact in planted))
    crowd = make_crowd(dice, 340, taken)

    contacts = mingled(dice, PLANTED_CUSTOMERS, roughened(dice, crowd[: 320 - len(PLANTED_CUSTOMERS)]))
    customers = make_customers(dice, contacts)
    subscribers = mingled(dice, PLANTED_SUBSCRIBERS, some_named(dice, roughened(dice, crowd[190:292])))
    google = mingled(dice, PLANTED_GOOGLE, crowd[60:96])
    outlook = mingled(dice, PLANTED_OUTLOOK, crowd[300:338])
    lists = {
        "customers.csv": contacts,
        "customers.xlsx": contacts,
        "google-contacts.csv": google,
        "newsletter.txt": subscribers,
        "outlook-contacts.csv": outlook,
    }
    return {
        "README.md": README.encode(),
        "customers.csv": customers_csv(customers),
        "customers.xlsx": customers_xlsx(customers),
        "expected.json": as_json({name: expected_of(people) for name, people in lists.items()}),
        "google-contacts.csv": google_csv(dice, google),
        "newsletter.txt": "".join(f"{person.cells[0]}\n" for person in subscribers).encode(),
        "opt-outs.json": opt_outs_json(),
        "outlook-contacts.csv": outlook_csv(dice, outlook),
        **make_imports(crowd, lists),
    }


def make_imports(crowd: Sequence[Contact], lists: dict[str, list[Contact]]) -> dict[str, bytes]:
    """The files of opt-outs; they have dice of their own, so that the lists stay as they were."""
    dice = Dice(SEED + 1)
    in_lists = {key for people in lists.values() for person in people for key in person.keys}
    strangers = make_crowd(dice, 100, SUPPRESSED | in_lists)
    some = iter(strangers)

    def others(number: int) -> list[Contact]:
        return [next(some) for _ in range(number)]

    # crowd[:190] are customers, crowd[190:250] subscribers too, crowd[250:292] subscribers only
    unsubscribed = make_unsubscribed(dice, [*crowd[4:190:24], *crowd[195:292:16], *others(21)])
    again = [row for row in unsubscribed if row.who in crowd][:4]
    audience = [*again, *(OptOut(person, some_time_ago(dice, 20, 60)) for person in others(8))]
    cleaned = [
        OptOut(person, some_time_ago(dice, 30, 90), bounced=True)
        for person in [crowd[9], crowd[33], *others(4)]
    ]
    loyal = [who("Maria Ortiz", "maria.ortiz@lakeside.example"), *crowd[12:180:11], *others(9)]
    subscribed = [OptOut(person, None, subscribed=True) for person in loyal]
    old = make_old(dice, [*crowd[6:186:30], *crowd[200:290:45], *others(22)])
    known = [who("", "s.lindgren@stonebridge.example"), who("", "n.petrov@postbox.example")]
    hashed = make_hashed([*known, *crowd[15:190:35], *crowd[205:292:28], *others(14)])
    suppressed = SUPPRESSED.union(
        *(row.who.keys for row in [*unsubscribed, *audience, *cleaned, *old]),
        *(person.keys for person in [*known, *crowd[15:190:35], *crowd[205:292:28]]),
    )
    afterwards = {
        name: {of: value for of, value in expected_of(people, suppressed).items() if of != "must_stay"}
        for name, people in lists.items()
    }
    return {
        "mailchimp-unsubscribed.csv": unsubscribed_csv(dice, unsubscribed),
        "mailchimp-audience.zip": audience_zip(
            {
                "unsubscribed": unsubscribed_csv(dice, audience),
                "cleaned": cleaned_csv(dice, cleaned),
                "subscribed": subscribed_csv(dice, subscribed),
            }
        ),
        "old-opt-outs.xlsx": old_xlsx(old),
        "partner-md5.txt": hashed_txt(hashed),
        "expected-imports.json": as_json(
            {
                "mailchimp-unsubscribed.csv": expected_import(unsubscribed),
                "mailchimp-audience.zip": expected_import([*audience, *cleaned, *subscribed]),
                "old-opt-outs.xlsx": expected_import(old),
                "partner-md5.txt": expected_import(hashed),
                "afterwards": afterwards,
            }
        ),
    }


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in make_files().items():
        (folder / name).write_bytes(content)
        print(f"{len(content):7,}  {folder / name}")


if __name__ == "__main__":
    main()

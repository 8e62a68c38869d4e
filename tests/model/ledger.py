"""A ledger from native NDJSON: full forms, ids, positions, commits and chains."""
import json
import re
import uuid
from decimal import Decimal

import edtf

LEVELS = {'public': 0, 'partner': 1, 'restricted': 2}
NAMESPACE = uuid.UUID('6ba7b811-9dad-11d1-80b4-00c04fd430c8')
UUID = re.compile(r'[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}')
OUTPUT_FIELDS = ('position', 'revision', 'recorded_by', 'recorded_at')
LISTS = ('actor', 'recipient', 'sources', 'because_of', 'disputes', 'tags')
DATA_LISTS = ('asks', 'participants', 'topics', 'about', 'parties', 'terms', 'persons', 'escort', 'target', 'lifts',
              'permits', 'restrictions', 'revokes', 'aliases', 'nationality', 'affiliations', 'same_as')
DATA_LINKS = ('letter', 'with', 'carries')
# type: quad and Goldstein, from the table of action types; types that are not here have no default coding.
DEFAULT_CODING = {
    'letter.sent': (1, '1.0'), 'letter.delivered': (1, '1.0'), 'letter.answered': (1, '1.0'), 'call.held': (1, '1.0'),
    'meeting.held': (1, '2.5'), 'statement.made': (1, '0.0'), 'appeal.made': (3, '-0.3'),
    'negotiation.opened': (1, '7.0'), 'agreement.reached': (1, '8.0'), 'commitment.made': (1, '4.5'),
    'prisoners.detained': (4, '-5.0'), 'prisoners.released': (2, '7.0'), 'sanction.imposed': (4, '-8.0'),
    'sanction.eased': (2, '7.0'), 'sanction.lifted': (2, '7.0'), 'mission.opened': (1, '6.0'),
    'mission.suspended': (4, '-4.0'), 'mission.closed': (4, '-4.0'), 'envoy.appointed': (1, '3.5'),
    'envoy.recalled': (4, '-4.0'), 'envoy.expelled': (4, '-7.0'),
}


def plain_id(text):
    return text.lower() if UUID.fullmatch(text) else text


def _strip(value):
    return {name: v for name, v in value.items() if v is not None and v != [] and v != {}}


def _as_list(value):
    return value if isinstance(value, list) else [value]


def full_form(event):
    """Lists as lists, nothing null or empty, plain parties as strings, ids of UUIDs in lower case."""
    full = _strip(event)
    for name in LISTS:
        if name in full:
            full[name] = _as_list(full[name])
    for name in ('actor', 'recipient'):
        if name in full:
            parties = [_strip(party) if isinstance(party, dict) else party for party in full[name]]
            full[name] = [p['party'] if isinstance(p, dict) and set(p) == {'party'} else p for p in parties]
    if 'sources' in full:
        full['sources'] = [_strip(source) if isinstance(source, dict) else {'url': source}
                           for source in full['sources']]
    if 'data' in full and full.get('type') != 'action.observed':
        data = _strip(full['data'])
        for name in DATA_LISTS:
            if name in data:
                data[name] = _as_list(data[name])
        if 'asks' in data:
            data['asks'] = [_strip(ask) for ask in data['asks']]
        for name in DATA_LINKS:
            if name in data:
                data[name] = plain_id(data[name])
        full['data'] = data
        full = _strip(full)
    for name in ('id', 'corrects', 'retracts', 'supports'):
        if name in full:
            full[name] = plain_id(full[name])
    for name in ('because_of', 'disputes'):
        if name in full:
            full[name] = [plain_id(link) for link in full[name]]
    return full


def canonical(value):
    """RFC 8785 for what ledgers of this model hold: no number that a double shows in exponent form."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode('utf-16-be'))
        return '{' + ','.join(canonical(name) + ':' + canonical(value[name]) for name in names) + '}'
    if isinstance(value, list):
        return '[' + ','.join(canonical(v) for v in value) + ']'
    if isinstance(value, Decimal):
        value = float(value)
        return str(int(value)) if value == int(value) else repr(value)
    return json.dumps(value, ensure_ascii=False)


def own_id(full):
    """The id of an event that gives none."""
    content = {name: value for name, value in full.items() if name not in OUTPUT_FIELDS + ('id', 'stream')}
    return str(uuid.uuid5(NAMESPACE, canonical(content)))


class Event:
    """One event of the whole ledger; links are positions."""

    def __init__(self, position, full):
        self.position = position
        self.id = full.get('id') or own_id(full)
        self.body = full
        self.type = full['type']
        self.is_record = self.type.startswith('record.')
        self.level = LEVELS[full.get('visibility', 'public')]
        self.recorded_at = edtf.resolve(full['recorded_at']).earliest
        self.zone = full.get('zone', 'UTC')
        self.occurred = full.get('occurred')
        self.span = None if self.is_record else edtf.resolve(self.occurred, self.zone)
        self.corrects = self.retracts = None
        self.chain = position  # position of the first event of its chain


class Ledger:
    def __init__(self, lines):
        self.events = []  # position - 1 is the index
        self.by_id = {}
        for line in lines:
            if line.strip():
                self._add(json.loads(line, parse_float=Decimal))
        self.commits = []  # (end position, recorded_at)
        for event in self.events:
            if self.commits and self.commits[-1][1] == event.recorded_at:
                self.commits.pop()
            self.commits.append((event.position, event.recorded_at))

    def _add(self, raw):
        event = Event(len(self.events) + 1, full_form(raw))
        if event.id in self.by_id:
            raise ValueError(f'id twice: {event.id}')
        if 'corrects' in event.body:
            target = self.by_id[event.body['corrects']]
            event.corrects, event.chain = target.position, target.chain
        if 'retracts' in event.body:
            event.retracts = self.by_id[event.body['retracts']].position
        self.events.append(event)
        self.by_id[event.id] = event

    def at(self, position):
        return self.events[position - 1]

    def known(self, text):
        """The position a `known` means: the end of the last commit that lies wholly at or before it."""
        if text is None or text == 'now':
            return len(self.events)
        if text.startswith('pos:'):
            wanted = int(text[4:])
            if wanted > len(self.events):
                raise ValueError('a position above the last')
            return max((end for end, _ in self.commits if end <= wanted), default=0)
        latest = edtf.resolve(text).latest
        return max((end for end, recorded in self.commits if recorded <= latest), default=0)

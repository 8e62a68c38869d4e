"""A small affair for tests that read: a letter, what it led to, what was corrected, withdrawn, disputed, sourced and hidden."""
from program import ProgramTest


def event(id, type, occurred, data, **more):
    return {'id': id, 'type': type, 'occurred': occurred, 'data': data} | more


def eased(id, occurred, **more):
    data = {'measure': 'usa/belavia', 'permits': ['aircraft-parts'], 'instrument': id}
    return event(id, 'sanction.eased', occurred, data, actor='state:USA', recipient='state:BLR') | more


def flown(id, passengers, **more):
    return event(id, 'flight.flown', '2025-09-11', {'from': 'Minsk', 'to': 'Vilnius', 'passengers': passengers}) | more


SOURCE = {'url': 'https://example.org/a_(b)', 'title': 'What *we* saw', 'publisher': 'The Paper', 'grade': 'B2', 'quote': 'they are free'}

# Positions are those of the list, from 1; each event is a commit of its own, an hour after the one before.
AFFAIR = [
    event('letter', 'letter.sent', '2025-09~', {'from': 'person:a', 'to': 'person:b'}, summary='A writes to B about the "hostages".', tags=['article']),
    event('release', 'prisoners.released', '2025-09-11', {'holder': 'state:BLR', 'count': 52}, actor='state:BLR',
          summary='Belarus frees 52.', because_of=['letter'], sources=[SOURCE], tags=['article']),
    flown('flight', 52, because_of=['release']),
    flown('flight2', 51, because_of=['release'], corrects='flight'),
    eased('gl11', '2025-09-11T16:00Z', because_of=['letter', 'release'], summary='An easing.'),
    eased('secret', '2025-09-12', because_of=['release'], summary='A hidden easing.', visibility='restricted'),
    event('answer', 'statement.made', '2025-09-12', {'speaker': 'person:b', 'stance': 'praises'}, because_of=['gl11', 'secret'],
          summary='B praises A.', visibility='partner'),
    event('rumour', 'statement.made', '2025-09-13', {'speaker': 'person:c', 'stance': 'criticises'}, because_of=['flight'],
          disputes=['release'], summary='C says nobody was freed.'),
    event('rumour-of-it', 'statement.made', '2025-09-14', {'speaker': 'person:d'}, because_of=['rumour'], summary='D repeats C.'),
    {'id': 'withdrawal', 'type': 'record.retracted', 'data': {'reason': 'invented'}, 'retracts': 'rumour'},
    {'id': 'more', 'type': 'record.sourced', 'supports': 'release', 'sources': ['https://example.org/second']},
    event('old', 'mission.opened', '1992', {'sender': 'state:USA', 'host': 'state:BLR', 'city': 'minsk'}),
]


def with_recorded_at(events=AFFAIR):
    return [one | {'recorded_at': f'2025-09-15T{hour:02}:00:00Z'} for hour, one in enumerate(events, 1)]


class AffairTest(ProgramTest):
    """Each test finds the affair recorded."""

    def setUp(self):
        super().setUp()
        self.done('record', '--preserve-recorded-at', self.file('affair.ndjson', *with_recorded_at()))

"""Random payloads: every type that feeds a view, few names so that keys collide, dates in every supported form."""
import datetime
import hashlib

import edtf

ZONES = [None, None, None, 'UTC', 'Europe/Minsk', 'America/New_York', 'America/Havana', 'Asia/Beirut', 'Pacific/Apia',
         'Asia/Tokyo', 'America/St_Johns']
# Days on which a clock changes at midnight, comes twice, is missing in Apia, or lies beyond the zone files' tables.
ODD_DAYS = ['2025-03-09', '2025-11-02', '2025-03-30', '2023-03-26', '2011-12-29', '2011-12-30', '2011-12-31',
            '2038-03-14', '2038-07-01', '2038-11-07', '2061-03-13', '2011-03-27', '2006-10-28', '2006-10-29',
            '2019-09-28', '2019-10-27', '2024-02-29']
CLOCKS = ['00:00', '12:30', '23:59', '03:00', '12:30:00', '04:59:59', '12:30:00.5', '12:30:00.25', '00:00:00.000001']
MEASURES = ['m/0', 'usa/belavia', 'm-2']
HOLDERS = ['state:BLR', 'state:IRN', 'polity:transnistria']
PERSONS = ['person:p-0', 'person:p-1', 'person:p-2', 'person:p-3']
STATES = ['state:BLR', 'state:USA', 'state:LTU', 'state:XKX']
ORGS = ['org:x', 'org:y', 'org:z', 'state:BLR', 'vessel:v']
THINGS = ['travel', 'asset-freeze', 'dealings', 'parts', 'potash', 'flights', 'Zölle']
INSTRUMENTS = ['GL 1', 'GL 2']
MODES = ['pardon', 'exchange', 'deportation', 'served', 'unspecified']
ASKS = [{'what': 'release', 'about': 'hostages'}, {'what': 'reopen'}, {'what': 'ease', 'about': 'state:BLR'}]


class Payloads:
    """Makes payloads from a random source. Those in TYPES take the event's zone and the links that may be named."""

    def __init__(self, rng, narrow):
        self.rng, self.narrow = rng, narrow
        self.measures, self.holders = self.few(MEASURES), self.few(HOLDERS)
        self.persons, self.states = PERSONS[:2 if narrow else None], STATES[:2 if narrow else None]
        first = datetime.date(2020, 1, 1)
        range_days, days_count = (60, 4) if narrow else (900, 14)
        days = [first + datetime.timedelta(days=rng.randrange(range_days)) for _ in range(days_count)]
        after = [day + datetime.timedelta(days=1) for day in days]  # where what ends with a day runs out
        self.days = [day.isoformat() for day in days + after]

    # small parts

    def few(self, values):
        return values[:1] if self.narrow else values

    def some(self, values, low=0, high=3):
        return self.rng.sample(values, min(len(values), self.rng.randint(low, high)))

    def maybe(self, chance, **fields):
        return fields if self.rng.random() < chance else {}

    def one_or_list(self, values):
        return values[0] if len(values) == 1 and self.rng.random() < 0.5 else values

    def listed(self, values, low, high):
        """Some of the values; a single one perhaps without its list, which is as good."""
        return self.one_or_list(self.some(values, low, high))

    def things(self):
        return self.listed(THINGS, 1, self.rng.choice((1, 2, 4)))

    def count(self, at_least=0, most=60):
        low = self.rng.randint(at_least, at_least + most)
        pick = self.rng.random()
        if pick < 0.6:
            return low
        return [low, low + self.rng.randint(0, 40)] if pick < 0.85 else [low, None]

    def parties(self, empty):
        """A list of actors or recipients: states, people who act for them, others."""
        rng = self.rng
        if rng.random() < empty:
            return []
        parties = self.some(self.states, 0, 2)
        for person in self.some(self.persons, 0, 1):
            parties.append({'party': person, 'on_behalf_of': rng.choice(self.states), **self.maybe(0.3, role='envoy')})
        if rng.random() < 0.15:
            parties.append(rng.choice(['org:x', {'party': 'org:y'}, {'party': 'group:g', 'role': 'observer'}]))
        return parties

    def coding(self):
        rng = self.rng
        goldstein = rng.choice([rng.randint(-10, 10), round(rng.uniform(-10, 10), 2), rng.randint(-199, 199) / 20,
                                rng.choice((0.05, -0.05, 2.25, -2.25))])
        coding = {'quad': rng.randint(1, 4)} | self.maybe(0.7, goldstein=goldstein)
        return coding | self.maybe(0.5, cameo='010', plover='CONSULT')

    # dates

    def day(self):
        return self.rng.choice(self.days if self.rng.random() < 0.85 else ODD_DAYS)

    def moment(self):
        offset = self.rng.choice(['Z', 'Z', '+03:00', '-05:00', '+14:00'])
        return self.day() + 'T' + self.rng.choice(CLOCKS) + offset

    def point(self):
        day = self.day()
        season = f'{day[:4]}-{self.rng.choice((21, 22, 23, 24))}'
        text = self.rng.choice([day] * 8 + [day[:7], day[:4], season, day[:7] + '-XX', day[:4] + '-XX-XX',
                                            day[:4] + '-XX', day[:3] + 'X', day[:2] + 'XX'])
        return text + self.rng.choice('?~%') if self.rng.random() < 0.2 else text

    def point_or_moment(self):
        return self.point() if self.rng.random() < 0.5 else self.moment()

    def date(self, zone, open_end=True):
        """Any supported form that this zone has; as an end (`until`) without an open end."""
        while True:
            pick = self.rng.random()
            if pick < 0.7:
                text = self.point()
            elif pick < 0.85:
                text = self.moment()
            elif pick < 0.94 or not open_end:
                text = self.point_or_moment() + '/' + self.point_or_moment()
            else:
                text = self.point_or_moment() + self.rng.choice(['/..', '/'])
            try:
                edtf.resolve(text, zone or 'UTC')
                return text
            except edtf.BadDate:
                pass

    def end(self, zone, field, chance=0.45):
        return self.maybe(chance, **{field: self.date(zone, open_end=False)})

    # prisoners

    def numbers(self):
        rng, persons = self.rng, self.some(self.persons, 0, 2)
        data = {'holder': rng.choice(self.holders)}
        high = len(persons)
        if persons:
            data['persons'] = self.one_or_list(persons)
        if not persons or rng.random() < 0.5:
            data['count'] = self.count(len(persons))
            high = data['count'][1] if isinstance(data['count'], list) else data['count']
        most = 50 if high is None else high
        low = rng.randint(0, most)
        data |= self.maybe(0.4, foreign=rng.choice([low, [low, low + 5], [low, None]]))
        half = rng.randint(0, most // 2)
        return data | self.maybe(0.3, nationalities={'LTU': half, 'POL': [most // 2, None]})

    def detained(self, _zone, _links):
        return self.numbers() | self.maybe(0.2, grounds='political')

    def released(self, _zone, _links):
        data = self.numbers() | self.maybe(0.6, mode=self.rng.choice(MODES))
        return data | self.maybe(0.5, destination=self.rng.choice(['state:LTU', 'Vilnius']))

    def estimated(self, _zone, _links):
        data = {'holder': self.rng.choice(self.holders), 'count': self.count(0, 1500)}
        data |= self.maybe(0.6, claimed_by=self.rng.choice(['group:a', 'group:b']))
        return data | self.maybe(0.4, category='political')

    def reported(self, _zone, _links):
        status = self.rng.choice(['held', 'released', 'unknown', 'died'])
        data = {'holder': self.rng.choice(self.holders), 'person': self.rng.choice(self.persons), 'status': status}
        return data | self.maybe(0.2, detail='seen')

    # sanctions

    def measure(self):
        return {'measure': self.rng.choice(self.measures)}

    def papers(self):
        programme, basis = f'P{self.rng.randrange(3)}', f'B{self.rng.randrange(3)}'
        return self.maybe(0.3, programme=programme) | self.maybe(0.3, legal_basis=basis)

    def imposed(self, zone, _links):
        data = self.measure() | {'target': self.listed(ORGS, 1, 3), 'restrictions': self.listed(THINGS, 1, 4)}
        return data | self.end(zone, 'expires') | self.papers()

    def amended(self, zone, _links):
        data = self.measure() | self.end(zone, 'expires') | self.papers()
        data |= self.maybe(0.3, target=self.listed(ORGS, 1, 3))
        data |= self.maybe(0.5, restrictions=self.listed(THINGS, 1, 3))
        if self.rng.random() < 0.6:
            data['revokes'] = self.listed(THINGS, 1, 5)
            data |= self.maybe(0.7, instrument=self.rng.choice(INSTRUMENTS))
        return data

    def eased(self, zone, _links):
        data = self.measure() | self.end(zone, 'until', 0.6)
        data |= self.maybe(0.75, lifts=self.things()) | self.maybe(0.5, permits=self.things())
        data |= self.maybe(0.6, instrument=self.rng.choice(INSTRUMENTS))
        return data | self.maybe(0.2, target=self.listed(ORGS, 1, 3))

    def lifted(self, _zone, _links):
        return self.measure() | self.maybe(0.3, instrument='removal')

    # missions, envoys, commitments

    def mission(self, _zone, _links):
        sender, host = self.rng.choice(self.few([('state:USA', 'state:BLR'), ('state:BLR', 'state:USA')]))
        data = {'sender': sender, 'host': host, 'city': self.rng.choice(self.few(['minsk', 'brest']))}
        data |= self.maybe(0.4, level=self.rng.choice(['embassy', 'consulate', 'office']))
        return data | self.maybe(0.2, reason='staff')

    def envoy(self, _zone, _links):
        data = {'envoy': self.rng.choice(self.persons[:2]), 'sender': 'state:USA', 'host': 'state:BLR'}
        return data | self.maybe(0.5, rank=self.rng.choice(['ambassador', 'charge']))

    def commitment(self, _zone, _links):
        return {'commitment': self.rng.choice(self.few(['c0', 'c1', 'c2']))}

    def made(self, zone, links):
        data = self.commitment(zone, links) | {'by': self.rng.choice(self.states)}
        data |= {'what': self.rng.choice(['reopen', 'release more'])} | self.end(zone, 'due', 0.5)
        return data | self.maybe(0.4, to='state:USA') | self.maybe(0.3, conditional_on='money')

    # letters and flights

    def sent(self, _zone, _links):
        data = {'from': self.rng.choice(self.persons), 'to': self.rng.choice(self.persons)}
        data |= self.maybe(0.5, medium=self.rng.choice(['letter', 'note', 'email', 'message']))
        data |= self.maybe(0.5, asks=self.listed(ASKS, 1, 2))
        return data | self.maybe(0.3, carried_by=self.rng.choice(self.persons))

    def delivered(self, _zone, links):
        return {'letter': links.letter()} | self.maybe(0.6, by=self.rng.choice(self.persons))

    def answered(self, _zone, links):
        return {'letter': links.letter()} | self.maybe(0.7, **{'with': links.letter()})

    def flown(self, _zone, links):
        data = {'from': self.rng.choice(['state:BLR', 'Minsk']), 'to': self.rng.choice(['state:LTU', 'Vilnius'])}
        data |= self.maybe(0.4, carrier='org:belavia') | self.maybe(0.3, aircraft='aircraft:ew-001')
        data |= self.maybe(0.5, escort=self.listed(self.persons, 1, 3)) | self.maybe(0.5, passengers=self.count())
        return data | (self.maybe(0.6, carries=links.action()) if links.any() else {})

    # the rest

    def described(self, _zone, _links):
        data = {'party': self.rng.choice(self.few(['org:x', 'person:p-0']))}
        data |= self.maybe(0.5, name=self.rng.choice(['Ex', 'Exe', 'Žœ']))
        data |= self.maybe(0.4, aliases=self.listed(['B', 'A', 'Ä', 'b'], 1, 4))
        data |= self.maybe(0.3, nationality=self.listed(['BLR', 'USA', 'SUN'], 1, 2))
        data |= self.maybe(0.3, affiliations=self.listed(ORGS, 1, 3)) | self.maybe(0.3, same_as=['org:y'])
        return data | self.maybe(0.3, identifiers={self.rng.choice(['imo', 'lei']): str(self.rng.randrange(99))})

    def observed_list(self, _zone, _links):
        entries = self.rng.randrange(9000)
        data = {'list': self.rng.choice(self.few(['usa/sdn', 'un/1267'])), 'entries': entries}
        return data | self.maybe(0.6, sha256=hashlib.sha256(str(entries).encode()).hexdigest())

    def observed(self, _zone, _links):
        return {'text': 'coded by a feed'} | self.maybe(0.4, letter='any', count='many', weight=2.5)

    def call(self, _zone, _links):
        return {'participants': self.listed(self.persons, 1, 2)}

    def meeting(self, _zone, _links):
        return {'participants': self.listed(self.persons, 1, 2), 'city': 'minsk', 'topics': ['embassy']}

    def statement(self, _zone, _links):
        return {'speaker': self.rng.choice(self.persons), 'stance': 'praises', 'about': ['person:p-0', 'sanctions']}

    def appeal(self, _zone, _links):
        return {'asks': self.listed(ASKS, 1, 2)}

    def negotiation(self, _zone, _links):
        return {'topics': ['prisoners'], 'parties': self.states[:2]}

    def agreement(self, _zone, _links):
        return {'title': 'Minsk', 'terms': ['one', 'two']}


# type: how often it comes, and its payload
TYPES = {
    'prisoners.detained': (6, Payloads.detained),
    'prisoners.released': (6, Payloads.released),
    'prisoners.estimated': (5, Payloads.estimated),
    'prisoner.reported': (5, Payloads.reported),
    'sanction.imposed': (7, Payloads.imposed),
    'sanction.amended': (7, Payloads.amended),
    'sanction.eased': (9, Payloads.eased),
    'sanction.lifted': (3, Payloads.lifted),
    'mission.opened': (2, Payloads.mission),
    'mission.suspended': (2, Payloads.mission),
    'mission.closed': (2, Payloads.mission),
    'envoy.appointed': (2, Payloads.envoy),
    'envoy.recalled': (2, Payloads.envoy),
    'envoy.expelled': (2, Payloads.envoy),
    'commitment.made': (5, Payloads.made),
    'commitment.fulfilled': (2, Payloads.commitment),
    'commitment.broken': (1, Payloads.commitment),
    'commitment.withdrawn': (1, Payloads.commitment),
    'letter.sent': (5, Payloads.sent),
    'letter.delivered': (4, Payloads.delivered),
    'letter.answered': (4, Payloads.answered),
    'flight.flown': (4, Payloads.flown),
    'party.described': (4, Payloads.described),
    'list.observed': (3, Payloads.observed_list),
    'action.observed': (3, Payloads.observed),
    'call.held': (1, Payloads.call),
    'meeting.held': (1, Payloads.meeting),
    'statement.made': (1, Payloads.statement),
    'appeal.made': (1, Payloads.appeal),
    'negotiation.opened': (1, Payloads.negotiation),
    'agreement.reached': (1, Payloads.agreement),
}

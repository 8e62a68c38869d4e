"""Random questions about a ledger: at instants where rows begin, inside commits, of keys that exist and that do not."""
import edtf
from views import VIEWS

LEVELS = ('public', 'partner', 'restricted')
KINDS = ('view', 'view', 'timeline', 'timeline', 'history', 'diff')
FAR_DATES = ('2021', '2021-24', '2020-06', '2062', '2038-07-01', '2022-22', '0005', '2021-03-01T12:00+03:00', None)
NO_KEYS = ('no/such', 'state:BLR', 'm/0#GL 9', '00000000-0000-4000-8000-000000000000')


def full_day(text):
    return len(text) >= 10 and 'X' not in text[:10] and '/' not in text[:10]


class Questions:
    def __init__(self, rng, evaluator):
        self.rng, self.evaluator = rng, evaluator
        events = [event for event in evaluator.ledger.events if not event.is_record]
        self.ends = [end for end, _ in evaluator.ledger.commits]
        self.instants = sorted({moment for event in events for moment in (event.span.earliest, event.span.latest)})
        self.days = [event.occurred[:10] for event in events if full_day(event.occurred)]
        self.keys = {}
        for view in VIEWS:
            touched = evaluator.keys['restricted', view].values()
            self.keys[view] = sorted({key for keys in touched for key in keys})

    def at(self, view):
        rng = self.rng
        pick = rng.random()
        if pick < 0.35 and self.keys[view]:
            key, level = rng.choice(self.keys[view]), rng.choice(LEVELS)
            rows = self.evaluator.timeline({'key': key}, view, level)['rows']
            if rows:
                return edtf.instant(edtf.resolve(rng.choice(rows)['valid_from']).earliest + rng.choice([-1, 0, 0]))
        if pick < 0.55 and self.instants:
            return edtf.instant(rng.choice(self.instants) + rng.choice([-1, 0, 0, 1]))
        if pick < 0.75 and self.days:
            day = rng.choice(self.days)
            season = f'{day[:4]}-{rng.choice((21, 22, 23, 24))}'
            return rng.choice([day, day, day[:7], day[:4], season, day + 'T12:30Z'])
        return rng.choice(FAR_DATES)

    def known(self):
        rng, ledger = self.rng, self.evaluator.ledger
        pick = rng.random()
        if pick < 0.3:
            return None
        if pick < 0.32:
            return 'pos:0'
        if pick < 0.7:
            return f'pos:{rng.choice([rng.choice(self.ends), rng.randint(0, len(ledger.events))])}'
        recorded = rng.choice(ledger.commits)[1]
        text = edtf.instant(recorded)
        return rng.choice([text, edtf.instant(recorded - 1), edtf.instant(recorded + 1), text[:10], text[:19] + 'Z',
                           text[:16] + 'Z', '2023', '2024'])

    def key(self, view):
        return self.rng.choice(self.keys[view] if self.keys[view] and self.rng.random() < 0.95 else NO_KEYS)

    def one_or_two(self, first, second):
        """Both sides of a diff: apart, the same, or one value that means both."""
        pick = self.rng.random()
        if pick < 0.1:
            return first
        return [first, first] if pick < 0.3 else [first, second]

    def question(self, view, kind):
        question = {kind: view}
        if kind in ('timeline', 'history'):
            question['key'] = self.key(view)
        if kind == 'view':
            question['at'] = self.at(view)
        if kind in ('view', 'timeline'):
            question['known'] = self.known()
        if kind == 'diff':
            question['at'] = self.one_or_two(self.at(view), self.at(view))
            question['known'] = self.one_or_two(self.known(), self.known())
        if self.rng.random() < 0.66:
            question['visibility'] = self.rng.choice(LEVELS)
        return question

    def some(self, count):
        """So many questions, mostly of views that have keys here."""
        full = [view for view in VIEWS if self.keys[view]] or list(VIEWS)
        views = [self.rng.choice(full if self.rng.random() < 0.97 else list(VIEWS)) for _ in range(count)]
        return [self.question(view, self.rng.choice(KINDS)) for view in views]

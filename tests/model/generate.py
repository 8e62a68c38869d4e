#!/usr/bin/env python3
"""Random valid ledgers, and questions about them.

generate.py --seed N --events M [--narrow]                prints a ledger as NDJSON with recorded_at
generate.py --seed N --events M [--narrow] --questions    prints questions about that ledger, one a line"""
import argparse
import json
import random
import sys
import uuid

import edtf
from evaluator import Evaluator
from ledger import UUID, full_form, own_id
from liveness import Reader
from payloads import TYPES, ZONES, Payloads
from questions import Questions

FIRST_RECORDED = edtf.resolve('2024-01-01T00:00:00.000000Z').earliest
LEVELS = ['public'] * 6 + ['partner', 'restricted']
FAMILIES = ['prisoner', 'sanction', 'mission', 'envoy', 'commitment', 'letter', 'flight', 'party', 'list']
SAME_KEY = ('measure', 'holder', 'commitment', 'letter')
REMARKS = {'summary': 'Ликвидация — 52 “freed”', 'tags': ['minsk', 'prisoners'],
           'ext': {'weight': 2.50, 'kept': [None, [], {}]}}


class Links:
    """The ids that a new event may name. Events without an id of their own are never named."""

    def __init__(self, rng):
        self.rng, self.actions, self.letters = rng, [], []

    def any(self):
        return bool(self.actions)

    def action(self):
        return self.spelt(self.rng.choice(self.actions[-30:] if self.rng.random() < 0.5 else self.actions))

    def letter(self):
        if self.letters and self.rng.random() < 0.9:
            return self.spelt(self.rng.choice(self.letters[-6:] if self.rng.random() < 0.6 else self.letters))
        return self.action()

    def spelt(self, name):
        """A UUID may be written in any case."""
        return name.upper() if UUID.fullmatch(name) and self.rng.random() < 0.1 else name


class Generator:
    def __init__(self, seed, events, narrow=False):
        self.rng = random.Random(f'{seed}/{events}/{narrow}')
        self.count, self.narrow = events, narrow
        self.payloads, self.links = Payloads(self.rng, narrow), Links(self.rng)
        self.events, self.by_id, self.heads = [], {}, []
        self.recorded_at = FIRST_RECORDED
        self.types = [name for name, (weight, _) in TYPES.items() for _ in range(weight)]
        if narrow:  # a few families at a time, so that one key gets long chains
            families = tuple(self.rng.sample(FAMILIES, 4))
            self.types = [name for name in self.types if name.startswith(families)]

    def ledger(self):
        """The events, each valid where it stands."""
        left = 0
        for _ in range(self.count):
            if left == 0:
                self.recorded_at += self.rng.choice([1, 1_000_000, self.rng.randrange(1, 72_000_000_000)])
                left = self.rng.choice([1, 1, 2, 3, self.rng.randint(1, 9)])
            left -= 1
            wants_record = self.events and self.rng.random() < (0.25 if self.narrow else 0.16)
            self._keep((self._record() if wants_record else None) or self._action())
        return self.events

    def _keep(self, event):
        full = full_form(event)
        event['recorded_at'] = edtf.instant(self.recorded_at)
        if 'id' not in event and own_id(full) in self.by_id:  # the same content once more is no new event
            event['id'] = self._fresh_id()
            full = full_form(event)
        name = full.get('id') or own_id(full)
        record = event['type'].startswith('record.')
        chain = self.by_id[full['corrects']]['chain'] if 'corrects' in full else name
        head = {'id': name, 'named': 'id' in full, 'record': record, 'chain': chain, 'retracts': full.get('retracts'),
                'event': event}
        self.by_id[name] = head
        self.heads.append(head)
        self.events.append(event)
        if 'id' in full and not record:
            self.links.actions.append(name)
            if event['type'] == 'letter.sent' or (event['type'].startswith('letter.') and self.rng.random() < 0.1):
                self.links.letters.append(name)

    def _standing(self):
        """(ids of live events, ids of records that stand), only those that can be named."""
        gone, live, records = set(), {}, []
        for head in reversed(self.heads):
            if head['retracts'] and head['id'] not in gone:
                gone.add(head['retracts'])
        for head in self.heads:
            if head['record'] and head['id'] not in gone:
                records.append(head)
            elif head['id'] not in gone:
                live[head['chain']] = head
        return [h['id'] for h in live.values() if h['named']], [h['id'] for h in records if h['named']]

    def _fresh_id(self):
        rng = self.rng
        if rng.random() < 0.5:
            return f'{rng.choice("na")}/{len(self.events) + 1}'
        return self.links.spelt(str(uuid.UUID(int=rng.getrandbits(128), version=4)))

    def _visibility(self):
        level = self.rng.choice(LEVELS)
        return {'visibility': level} if level != 'public' or self.rng.random() < 0.1 else {}

    def _record(self):
        """A retraction or a further source; None where nothing can be withdrawn."""
        rng = self.rng
        live, records = self._standing()
        targets = records if records and rng.random() < 0.35 else live
        if not targets:
            return None
        event = {'id': self._fresh_id()} if rng.random() < 0.95 else {}
        if rng.random() < 0.1 and self.links.any():
            source = {'url': f'https://example.org/{len(self.events)}', 'grade': 'B2'}
            event |= {'type': 'record.sourced', 'supports': self.links.action(), 'sources': [source]}
        else:
            target = rng.choice(targets[-4:] if rng.random() < 0.5 else targets)
            event |= {'type': 'record.retracted', 'retracts': self.links.spelt(target), 'data': {'reason': 'withdrawn'}}
        return event | self._visibility()

    def _corrected(self):
        """The id of a live event to correct, or None."""
        live, _ = self._standing()
        if not live or self.rng.random() > (0.4 if self.narrow else 0.25):
            return None
        return self.rng.choice(live[-8:] if self.rng.random() < 0.5 else live)

    def _action(self):
        rng, corrects = self.rng, self._corrected()
        original = self.by_id[corrects]['event'] if corrects else None
        kind = original['type'] if original and rng.random() < 0.6 else rng.choice(self.types)
        if kind in ('letter.delivered', 'letter.answered') and not self.links.any():
            kind = 'letter.sent'
        event = {'id': self._fresh_id()} if corrects or rng.random() < 0.93 else {}
        event |= {'type': kind} | self._when(original)
        for name, empty in (('actor', 0.1), ('recipient', 0.3)):
            parties = self.payloads.parties(empty)
            if parties:
                event[name] = self.payloads.one_or_list(parties)
            else:
                event |= self.payloads.maybe(0.2, **{name: rng.choice([[], None])})
        event['data'] = TYPES[kind][1](self.payloads, event.get('zone'), self.links)
        if original and original['type'] == kind and rng.random() < 0.6:  # the same key, told anew
            event['data'] |= {name: original['data'][name] for name in SAME_KEY if name in original['data']}
        if kind == 'action.observed' or rng.random() < 0.1:
            event['coding'] = self.payloads.coding()
            if 'goldstein' in event['coding'] and rng.random() < 0.2:
                del event['coding']['quad']
        if corrects:
            event['corrects'] = self.links.spelt(corrects)
        return event | self._links_of() | self.payloads.maybe(0.1, **REMARKS) | self._visibility()

    def _when(self, original):
        if original and self.rng.random() < 0.3:  # the same instant, so that only the place in the chain decides
            return {name: original[name] for name in ('occurred', 'zone') if name in original}
        zone = self.rng.choice(ZONES)
        return {'occurred': self.payloads.date(zone)} | ({'zone': zone} if zone else {})

    def _links_of(self):
        if not self.links.any():
            return {}
        named = {self.links.action() for _ in range(self.rng.choice([1, 1, 2]))}
        disputes = sorted({name.lower(): name for name in sorted(named)}.values())
        fields = self.payloads.maybe(0.15, disputes=self.payloads.one_or_list(disputes))
        return fields | self.payloads.maybe(0.1, because_of=[self.links.action()])


def check_valid(evaluator):
    """That each correction and retraction named something that was live, or stood, just before it."""
    ledger, reader = evaluator.ledger, Reader(evaluator.ledger, 2)
    for event in ledger.events:
        live = {other.position for other in reader.live(event.position - 1)}
        if event.corrects:
            assert event.corrects in live, f'{event.id} corrects what is not live'
        if event.retracts and ledger.at(event.retracts).is_record:
            gone = reader.withdrawn(event.position - 1)
            assert event.retracts not in gone, f'{event.id} retracts what does not stand'
        elif event.retracts:
            assert event.retracts in live, f'{event.id} retracts what is not live'


def generated(seed, events, narrow, questions):
    """(lines of the ledger, questions, evaluator), the same for the same arguments."""
    lines = [json.dumps(event, ensure_ascii=False) for event in Generator(seed, events, narrow).ledger()]
    evaluator = Evaluator(lines)
    check_valid(evaluator)
    rng = random.Random(f'questions/{seed}/{events}/{narrow}')
    return lines, Questions(rng, evaluator).some(questions), evaluator


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--events', type=int, default=200)
    parser.add_argument('--narrow', action='store_true', help='few keys, long chains')
    parser.add_argument('--questions', action='store_true', help='print questions instead of the ledger')
    parser.add_argument('--count', type=int, default=100, help='how many questions')
    options = parser.parse_args()
    lines, questions, _ = generated(options.seed, options.events, options.narrow, options.count)
    for line in ([json.dumps(question) for question in questions] if options.questions else lines):
        sys.stdout.write(line + '\n')


if __name__ == '__main__':
    main()
